package dev.weft.aggregator.cli;

import dev.weft.aggregator.Founding;
import dev.weft.aggregator.config.AggregatorConfig;
import dev.weft.aggregator.config.Key;
import dev.weft.proto.digest.Digest;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "init", description = "Found a federation: keys, genesis, an empty log and its anchor.")
final class InitCommand implements Callable<Integer> {
    @Mixin
    private Place place = new Place();

    @Parameters(paramLabel = "FEDERATION", description = "Name of the federation: a-z, 0-9, '.', '_' and '-'.")
    private String federation = "";

    @Option(names = "--grpc", paramLabel = "HOST:PORT", description = "Listener for nodes.")
    private @Nullable String grpc;

    @Option(names = "--http", paramLabel = "HOST:PORT", description = "Listener for people and tools.")
    private @Nullable String http;

    @Option(names = "--host", paramLabel = "NAME", description = "Name or address in the server's certificate.")
    private List<String> hosts = new ArrayList<>();

    @Option(
            names = "--require",
            paramLabel = "ALGORITHM",
            description =
                    "Require a second signature from the first entry on: ml-dsa-44. 'algorithms require' can do it later.")
    private @Nullable String required;

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (required != null && spec != null) {
            AlgorithmsCommand.requireKnown(required, spec.commandLine());
        }
        Map<String, String> settings = new TreeMap<>();
        if (grpc != null) {
            settings.put(Key.GRPC_ADDRESS.key(), grpc);
        }
        if (http != null) {
            settings.put(Key.HTTP_ADDRESS.key(), http);
        }
        if (!hosts.isEmpty()) {
            settings.put(Key.GRPC_HOSTS.key(), String.join(",", hosts));
        }
        AggregatorConfig unused = place.config(settings);
        Digest id = new Founding(new SecureRandom(), InstantSource.system())
                .found(place.directory(), federation, settings, required != null);
        place.out().println("federation " + federation + " " + id.hex());
        place.out()
                .println("Founded in " + place.directory() + ". Move "
                        + place.directory().resolve("root.key")
                        + (required == null ? "" : " and root-second.key")
                        + " offline once the members are invited; back up everything but the anchor.");
        return 0;
    }
}
