package dev.weft.it.training;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * The Breast Cancer Wisconsin (Diagnostic) data: 569 rows of 30 measurements and a class. Creators and licence (CC BY
 * 4.0) stand in {@code data/wdbc.README.md}.
 */
public final class Wisconsin {

    private final String header;
    private final List<Sample> samples;

    private Wisconsin(String header, List<Sample> samples) {
        this.header = header;
        this.samples = List.copyOf(samples);
    }

    /** Reads the file that ships with this module. */
    public static Wisconsin load() {
        try (InputStream in = Wisconsin.class.getResourceAsStream("/data/wdbc.csv")) {
            if (in == null) {
                throw new IllegalStateException("data/wdbc.csv is not on the class path");
            }
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            List<String> rows = lines.subList(1, lines.size());
            return new Wisconsin(lines.get(0), rows.stream().map(Sample::parse).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All rows in the order of the file. */
    public List<Sample> samples() {
        return samples;
    }

    /** The given rows as a CSV file of their own, with the header. */
    public byte[] csv(List<Sample> rows) {
        StringBuilder text = new StringBuilder(header).append('\n');
        rows.forEach(row -> text.append(row.line()).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Deals the rows out: shuffled by the seed, every row to exactly one site, the first site nearly twice as many as the
     * last.
     */
    public List<List<Sample>> deal(int sites, long seed) {
        List<Sample> shuffled = new ArrayList<>(samples);
        Collections.shuffle(shuffled, new Random(seed));
        List<List<Sample>> parts = new ArrayList<>();
        // Site i weighs 2n - i of a total of the sum of n+1..2n: cut at the running share, so that nothing is left
        // over.
        long total = 0;
        for (int i = 0; i < sites; i++) {
            total += 2L * sites - i;
        }
        long before = 0;
        for (int i = 0; i < sites; i++) {
            long after = before + 2L * sites - i;
            parts.add(List.copyOf(shuffled.subList(
                    (int) (shuffled.size() * before / total), (int) (shuffled.size() * after / total))));
            before = after;
        }
        return parts;
    }
}
