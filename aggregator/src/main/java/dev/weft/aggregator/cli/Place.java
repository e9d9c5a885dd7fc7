package dev.weft.aggregator.cli;

import dev.weft.aggregator.config.AggregatorConfig;
import dev.weft.aggregator.config.ConfigException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that every command has: which directory, how to print, which settings to override. */
final class Place {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = "--dir",
            defaultValue = "${env:WEFT_DIR:-weft-aggregator}",
            description = "Directory of the federation (default: WEFT_DIR, or ./weft-aggregator).")
    private Path directory = Path.of("weft-aggregator");

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Override a setting; 'config show' lists them.")
    private Map<String, String> settings = new LinkedHashMap<>();

    Path directory() {
        return directory;
    }

    boolean json() {
        return json;
    }

    AggregatorConfig config() throws ConfigException {
        return config(Map.of());
    }

    AggregatorConfig config(Map<String, String> flags) throws ConfigException {
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.putAll(flags);
        return AggregatorConfig.load(directory, System.getenv(), all);
    }

    PrintWriter out() {
        return Objects.requireNonNull(command).commandLine().getOut();
    }
}
