package dev.weft.it.load;

import dev.weft.it.load.Result.Goal;
import dev.weft.proto.identity.SignatureProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The figures so far; written anew after each, so that a run that is cut short leaves what it has. */
public final class Sheet {
    private static final Logger LOG = LoggerFactory.getLogger(Sheet.class);
    private static final String COMMAND = "./mvnw -Pbench verify";

    private final Path directory;
    private final double loadAtStart = Kernel.load();
    private final List<Result> results = new ArrayList<>();
    private double fsync;

    /** {@code bench.json} in that directory. */
    public Sheet(Path directory) {
        this.directory = directory;
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        probe();
    }

    /** Measures the disk anew; the figures that follow stand beside this rate. */
    public void probe() {
        fsync = Kernel.fsyncPerSecond(directory);
    }

    /** Says that a figure could not be taken here: it is told nowhere as one. */
    public void skip(String name, String why) {
        LOG.info("{} skipped: {}", name, why);
    }

    /** Adds a figure. */
    public void tell(String name, double value, String unit, Goal goal, String note) {
        String beside = note + String.format(Locale.ROOT, "; load %.1f", Kernel.load());
        Result result = new Result(name, value, unit, goal, SignatureProvider.active(), fsync, COMMAND, beside);
        results.add(result);
        LOG.info(
                "{}",
                String.format(
                        Locale.ROOT, "%s: %.2f %s%s", name, value, unit, result.holds() ? "" : " (misses its target)"));
        BenchReport.write(directory.resolve("bench.json"), results, loadAtStart);
    }
}
