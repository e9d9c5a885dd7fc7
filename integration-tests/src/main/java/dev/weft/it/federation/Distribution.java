package dev.weft.it.federation;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How the two daemons are called: from their unpacked distributions, or, where the system property
 * {@code weft.it.classpath} is set, straight from a class path.
 */
public final class Distribution {

    private final List<String> node;
    private final List<String> aggregator;

    private Distribution(List<String> node, List<String> aggregator) {
        this.node = List.copyOf(node);
        this.aggregator = List.copyOf(aggregator);
    }

    /** The distributions of this checkout; fails with what to do where they have not been built. */
    public static Distribution find() {
        String classPath = System.getProperty("weft.it.classpath", "");
        if (!classPath.isEmpty()) {
            return new Distribution(
                    java(without("aggregator", classPath), "dev.weft.node.cli.Main"),
                    java(without("node", classPath), "dev.weft.aggregator.cli.Main"));
        }
        Path top = checkout();
        return new Distribution(
                List.of(top.resolve("node/target/weft-node/bin/weft-node").toString()),
                List.of(top.resolve("aggregator/target/weft-aggregator/bin/weft-aggregator")
                        .toString()));
    }

    /** The same, started as a user does: without the flags for short lives that a process of a test gets. */
    public Distribution asInstalled() {
        List<String> plain = List.of("env", "WEFT_JAVA_OPTS=");
        return new Distribution(join(plain, node), join(plain, aggregator));
    }

    /** The first directory at or above the working directory that holds both distributions. */
    public static Path checkout() {
        Optional<Path> at =
                Optional.of(Path.of(System.getProperty("weft.checkout", "")).toAbsolutePath());
        while (at.isPresent()) {
            Path top = at.get();
            if (Files.isExecutable(top.resolve("node/target/weft-node/bin/weft-node"))
                    && Files.isExecutable(top.resolve("aggregator/target/weft-aggregator/bin/weft-aggregator"))) {
                return top;
            }
            at = Optional.ofNullable(top.getParent());
        }
        throw new IllegalStateException("the distributions are not built: run ./mvnw -q -DskipTests package");
    }

    /** One call of the node's command line that needs no node. */
    public Command call(String... arguments) {
        return Command.run(node(List.of(arguments)));
    }

    List<String> node(List<String> arguments) {
        return join(node, arguments);
    }

    List<String> aggregator(List<String> arguments) {
        return join(aggregator, arguments);
    }

    private static List<String> join(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    /** The two daemons never see each other's classes and files. */
    private static String without(String module, String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator))
                .filter(entry -> !entry.contains("/" + module + "/target/"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static List<String> java(String classPath, String main) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return List.of(
                java,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath,
                main);
    }
}
