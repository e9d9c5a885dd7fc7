package dev.weft.node.cli;

import dev.weft.node.Node;
import dev.weft.node.config.ConfigException;
import dev.weft.node.config.NodeConfig;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.SignatureProvider;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the node until it is told to stop. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = "Runs the node of a directory until SIGTERM or Ctrl-C.")
final class ServeCommand extends NodeCommand {
    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A setting for this run; wins over environment and file.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Override
    int run() throws ConfigException, VerificationException, IOException {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        NodeConfig config = NodeConfig.load(common().directory(), System.getenv(), settings);
        CompletableFuture<Boolean> stop = new CompletableFuture<>();
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(stop, stopped), "weft-stop"));
        try {
            boolean again = true;
            while (again) {
                again = serve(config, stop);
            }
        } finally {
            stopped.countDown();
        }
        return Exit.OK;
    }

    private static void stop(CompletableFuture<Boolean> stop, CountDownLatch stopped) {
        stop.complete(false);
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs one node; true where the shared log goes on under another origin, and another node has to take it up. */
    private boolean serve(NodeConfig config, CompletableFuture<Boolean> stop)
            throws IOException, VerificationException {
        try (Node node = Node.start(
                config,
                new Node.Surroundings(InstantSource.system(), SignatureProvider.random(), Main.Version.text()))) {
            node.recovered().forEach(sentence -> console().line("recovered: " + sentence));
            console().line(readyLine(node));
            return CompletableFuture.anyOf(stop, node.moved()).join().equals(true);
        }
    }

    private static String readyLine(Node node) {
        long millis = System.currentTimeMillis()
                - ManagementFactory.getRuntimeMXBean().getStartTime();
        return String.format(
                Locale.ROOT,
                "weft-node ready in %.2f s: %s member %s of federation %s (%s)",
                millis / 1000.0,
                node.url(),
                node.identity().name(),
                node.identity().federationName(),
                node.identity().federation().hex().substring(0, 12));
    }
}
