package dev.weft.it.story;

import dev.weft.it.search.RawValue;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Values that nobody else has, each handed to a tool of a site once, and remembered. Equal seeds give equal ones. */
final class Canaries {

    /** What a value is like. */
    enum Form {
        PATH,
        PATIENT,
        TEXT,
        USER,
        HOST,
        METRIC,
        SMALL
    }

    private static final String LETTERS = "bcdfghjkmnpqrstvwxz23456789";

    private final Random random;
    private final List<RawValue> searched = new ArrayList<>();
    private final Set<Integer> small = new HashSet<>();
    private final Map<Form, Integer> counts = new EnumMap<>(Form.class);
    private String origin = "";

    Canaries(long seed) {
        this.random = new Random(seed);
    }

    /** Those that follow are given to that reader of that site. */
    Canaries at(String reader) {
        origin = reader;
        return this;
    }

    String path() {
        return text(Form.PATH, "/srv/" + word(6) + "/" + word(8) + "/" + word(7) + ".csv");
    }

    String patient() {
        return text(Form.PATIENT, "PAT-" + word(5) + "-" + word(7));
    }

    String remark() {
        return text(Form.TEXT, "remark of the ward: " + word(9) + " \"" + word(8) + "\", é" + word(4));
    }

    String user() {
        return text(Form.USER, word(4) + "." + word(9));
    }

    String host() {
        return text(Form.HOST, "gpu-" + word(7) + "." + word(6) + ".internal");
    }

    /** With twelve digits or more, as measured numbers have. */
    double metric() {
        double value = 0.1 + random.nextInt(9) / 10.0 + random.nextDouble() / 11;
        count(Form.METRIC);
        searched.add(RawValue.real(origin + " " + Form.METRIC, value));
        return value;
    }

    /** Too short to be told from chance in what is searched: whoever holds a digest of it may try them all. */
    int small() {
        int value = random.nextInt(1_000);
        count(Form.SMALL);
        small.add(value);
        return value;
    }

    private String text(Form form, String value) {
        count(form);
        searched.add(RawValue.text(origin + " " + form, value));
        return value;
    }

    private void count(Form form) {
        counts.merge(form, 1, Integer::sum);
    }

    private String word(int length) {
        StringBuilder word = new StringBuilder();
        for (int n = 0; n < length; n++) {
            word.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return word.toString();
    }

    /** Those that are long enough to be searched for. */
    List<RawValue> searchable() {
        return List.copyOf(searched);
    }

    Set<Integer> tooShort() {
        return Set.copyOf(small);
    }

    int count() {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    Map<Form, Integer> counts() {
        return counts;
    }
}
