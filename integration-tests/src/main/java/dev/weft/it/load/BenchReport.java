package dev.weft.it.load;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code bench.json}: the figures, and what they were taken on. */
public final class BenchReport {
    private BenchReport() {}

    /** Writes the file anew after each part, so that a run that is cut short leaves what it has. */
    static void write(Path file, List<Result> results, double loadAtStart) {
        JsonObject report = new JsonObject();
        report.add("machine", machine(loadAtStart));
        JsonArray figures = new JsonArray();
        results.forEach(result -> figures.add(result.json()));
        report.add("results", figures);
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(
                    file,
                    new GsonBuilder()
                                    .setPrettyPrinting()
                                    .serializeNulls()
                                    .disableHtmlEscaping()
                                    .create()
                                    .toJson(report)
                            + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonObject machine(double loadAtStart) {
        JsonObject machine = new JsonObject();
        machine.addProperty("processors", Runtime.getRuntime().availableProcessors());
        machine.addProperty("processor", Kernel.processor());
        machine.addProperty(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"));
        machine.addProperty("jdk", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        machine.addProperty("loadAtStart", loadAtStart);
        machine.addProperty("loadAtEnd", Kernel.load());
        return machine;
    }
}
