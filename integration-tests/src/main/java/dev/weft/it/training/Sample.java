package dev.weft.it.training;

import java.util.Arrays;

/** One row of the data: its measurements, its class, and the line it stood in. */
public final class Sample {

    private final String line;
    private final double[] features;
    private final boolean benign;

    private Sample(String line, double[] features, boolean benign) {
        this.line = line;
        this.features = features;
        this.benign = benign;
    }

    /** Reads one line of the CSV: the measurements, then 1 for benign and 0 for malignant. */
    static Sample parse(String line) {
        String[] cells = line.split(",", -1);
        double[] features = new double[cells.length - 1];
        Arrays.setAll(features, i -> Double.parseDouble(cells[i]));
        return new Sample(line, features, cells[cells.length - 1].equals("1"));
    }

    /** The line as it stands in the file, without its end. */
    public String line() {
        return line;
    }

    boolean benign() {
        return benign;
    }

    double feature(int i) {
        return features[i];
    }

    int width() {
        return features.length;
    }
}
