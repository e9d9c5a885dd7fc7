package dev.weft.it.load;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes docs/benchmarks.md from bench.json and from what was found out about the figures that miss their target. */
public final class BenchDocument {
    private static final String PROFILES = "profiles.md";

    private BenchDocument() {}

    /**
     * Makes the document.
     *
     * @param args {@code bench.json}, then the file to write
     */
    public static void main(String[] args) throws IOException {
        JsonObject bench =
                JsonParser.parseString(Files.readString(Path.of(args[0]))).getAsJsonObject();
        Files.writeString(Path.of(args[1]), document(bench));
    }

    private static String document(JsonObject bench) throws IOException {
        List<JsonObject> results = new ArrayList<>();
        for (JsonElement result : bench.getAsJsonArray("results")) {
            results.add(result.getAsJsonObject());
        }
        StringBuilder text = new StringBuilder();
        text.append("""
                # Benchmarks

                Do not edit: the figures come from `./mvnw -Pbench verify` (`-Dbench.seconds=5` for a look), which writes
                `integration-tests/target/bench.json`; this document is made from that by

                    java -cp 'integration-tests/target/classes:node/target/weft-node/lib/*' \\
                        dev.weft.it.load.BenchDocument integration-tests/target/bench.json docs/benchmarks.md

                """);
        machine(bench.getAsJsonObject("machine"), text);
        text.append("""

                | figure | value | target | holds | signatures | fsync/s |
                |---|---|---|---|---|---|
                """);
        results.forEach(result -> row(result, text));
        text.append("""

                More is better, but for times, bytes and memory. `fsync/s`: how often a second this disk made one block of 4 KiB
                durable, one after the other, just before the figure was taken. `-`: nothing is asked, it is told for comparison.

                ## How each was taken

                """);
        results.forEach(result -> text.append("- **")
                .append(string(result, "name"))
                .append("**: ")
                .append(string(result, "note"))
                .append(".\n"));
        text.append("\n").append(profiles());
        return text.toString();
    }

    private static void machine(JsonObject machine, StringBuilder text) {
        text.append("Machine: ")
                .append(machine.get("processors").getAsInt())
                .append(" processors, ")
                .append(string(machine, "processor"))
                .append("; ")
                .append(string(machine, "system"))
                .append("; ")
                .append(string(machine, "jdk"))
                .append(String.format(
                        Locale.ROOT,
                        ".\nThe load generator runs on the same processors. Load average at the start %.1f, at the end %.1f:"
                                + " what other programs took\nis missing from every figure that is stated per second.\n",
                        machine.get("loadAtStart").getAsDouble(),
                        machine.get("loadAtEnd").getAsDouble()));
    }

    private static void row(JsonObject result, StringBuilder text) {
        boolean asked = !result.get("target").isJsonNull();
        String target = !asked
                ? "-"
                : number(result, "target")
                        + (result.get("floor").equals(result.get("target"))
                                ? ""
                                : " (floor " + number(result, "floor") + ")");
        text.append("| ")
                .append(string(result, "name"))
                .append(" | ")
                .append(number(result, "value"))
                .append(' ')
                .append(string(result, "unit"))
                .append(" | ")
                .append(target)
                .append(" | ")
                .append(asked ? (result.get("holds").getAsBoolean() ? "yes" : "**no**") : "-")
                .append(" | ")
                .append(string(result, "provider"))
                .append(" | ")
                .append(number(result, "fsyncPerSecond"))
                .append(" |\n");
    }

    private static String profiles() throws IOException {
        try (InputStream in = BenchDocument.class.getResourceAsStream(PROFILES)) {
            return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String string(JsonObject object, String name) {
        return object.get(name).getAsString();
    }

    private static String number(JsonObject object, String name) {
        if (object.get(name).isJsonNull()) {
            return "none";
        }
        double value = object.get(name).getAsDouble();
        return value >= 1_000
                ? String.format(Locale.ROOT, "%,.0f", value)
                : value >= 100 ? String.format(Locale.ROOT, "%.0f", value) : String.format(Locale.ROOT, "%.2f", value);
    }
}
