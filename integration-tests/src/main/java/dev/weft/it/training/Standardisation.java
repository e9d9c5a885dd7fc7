package dev.weft.it.training;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Shifts and scales each measurement to mean 0 and deviation 1, by one site's own statistics. */
public final class Standardisation {

    private final double[] mean;
    private final double[] deviation;

    private Standardisation(double[] mean, double[] deviation) {
        this.mean = mean;
        this.deviation = deviation;
    }

    static Standardisation of(List<Sample> rows) {
        int width = rows.get(0).width();
        double[] mean = new double[width];
        double[] deviation = new double[width];
        for (int i = 0; i < width; i++) {
            double sum = 0;
            for (Sample row : rows) {
                sum += row.feature(i);
            }
            mean[i] = sum / rows.size();
            double squares = 0;
            for (Sample row : rows) {
                double off = row.feature(i) - mean[i];
                squares += off * off;
            }
            double scale = StrictMath.sqrt(squares / rows.size());
            deviation[i] = scale == 0 ? 1 : scale;
        }
        return new Standardisation(mean, deviation);
    }

    double apply(Sample row, int feature) {
        return (row.feature(feature) - mean[feature]) / deviation[feature];
    }

    /** The means, space separated: what the site's preparation run records as its parameter. */
    public String means() {
        return text(mean);
    }

    /** The deviations, space separated. */
    public String deviations() {
        return text(deviation);
    }

    /** The rows after this step, as CSV without a header: the site's prepared file. */
    public String prepare(List<Sample> rows) {
        StringBuilder out = new StringBuilder();
        for (Sample row : rows) {
            for (int i = 0; i < mean.length; i++) {
                out.append(apply(row, i)).append(',');
            }
            out.append(row.benign() ? 1 : 0).append('\n');
        }
        return out.toString();
    }

    private static String text(double[] values) {
        return Arrays.stream(values).mapToObj(Double::toString).collect(Collectors.joining(" "));
    }
}
