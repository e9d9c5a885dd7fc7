package dev.weft.it.federation;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * One aggregator and its members, below one directory: {@code aggregator/}, {@code <member>/}, {@code logs/} and
 * {@code invitations/}.
 */
public final class Federation implements AutoCloseable {

    /** Members that come at one time: one waits for its answer while another computes. */
    private static final int AT_A_TIME = 4;

    private final Path dir;
    private final Distribution distribution;
    private final Route route;
    private final Daemon aggregator;
    private final Map<String, SiteNode> nodes = new TreeMap<>();

    private Federation(Path dir, Distribution distribution, Route route) {
        this.dir = dir.toAbsolutePath().normalize();
        this.distribution = distribution;
        this.route = route;
        Path home = this.dir.resolve("aggregator");
        this.aggregator = new Daemon(
                "aggregator",
                home,
                log("aggregator"),
                distribution.aggregator(List.of("serve", "--dir", home.toString())));
    }

    /** Makes a federation of that name below an empty directory and starts its aggregator, on free ports. */
    public static Federation create(Path dir, String name, Distribution distribution, Route route) {
        Federation federation = new Federation(dir, distribution, route);
        federation.makeDirectories();
        federation.aggregatorCommand(
                "init",
                name,
                "--grpc",
                "127.0.0.1:0",
                "--http",
                "127.0.0.1:0",
                "--host",
                "127.0.0.1",
                "--host",
                "localhost");
        federation.aggregator.start();
        // From now on the same port, or the members would not find it again after a restart.
        configure(federation.aggregator.dir().resolve("aggregator.properties"), "grpc.address", federation.grpc());
        return federation;
    }

    /** Invites, joins and starts all of them, a few at a time; returns when all are ready. In the order given. */
    public List<SiteNode> admit(List<Seat> seats) {
        return admit(seats, node -> {});
    }

    /**
     * Invites, joins and starts all of them, a few at a time, and hands over each when it is ready; returns when all
     * are. In the order given.
     */
    public List<SiteNode> admit(List<Seat> seats, Consumer<SiteNode> ready) {
        ExecutorService pool = Executors.newFixedThreadPool(AT_A_TIME);
        try {
            return each(pool, seats, seat -> {
                SiteNode node = join(seat);
                synchronized (nodes) {
                    nodes.put(node.name(), node); // before it runs: whoever closes this then ends it too
                }
                node.daemon().start();
                ready.accept(node);
                return node;
            });
        } finally {
            pool.shutdownNow();
        }
    }

    /** Invites and joins one member without starting its daemon. */
    public SiteNode join(Seat seat) {
        Path home = dir.resolve(seat.name());
        Path invitation = invite(seat, route.address(seat.name(), home, aggregator.dir(), grpc()));
        Command.succeed(distribution.node(List.of("join", invitation.toString(), "--dir", home.toString())));
        if (!seat.policy().isEmpty()) {
            write(home.resolve("release.policy"), String.join("\n", seat.policy()) + "\n");
        }
        configure(home.resolve("node.properties"), "http.address", "127.0.0.1:0");
        Daemon daemon = new Daemon(
                seat.name(), home, log(seat.name()), distribution.node(List.of("serve", "--dir", home.toString())));
        return new SiteNode(seat, daemon, distribution);
    }

    /** Makes an invitation and returns the file that holds it. */
    public Path invite(Seat seat, String address) {
        Path file = dir.resolve("invitations").resolve(seat.name() + ".txt");
        aggregatorCommand(
                "invite",
                seat.name(),
                "--role",
                seat.role(),
                "--organisation",
                seat.organisation(),
                "--address",
                address,
                "--out",
                file.toString());
        return file;
    }

    /** Has root name every member that trains as a witness of the log, as the aggregator suggests it. */
    public String nameWitnesses() {
        Path policy = dir.resolve("witnesses.policy");
        write(policy, aggregatorCommand("policy", "suggest"));
        return aggregatorCommand("policy", "set", policy.toString());
    }

    public Path dir() {
        return dir;
    }

    public Daemon aggregator() {
        return aggregator;
    }

    /** host:port of the aggregator's gRPC listener as it runs now. */
    public String grpc() {
        return aggregator.runFile().grpc();
    }

    /** A client of the aggregator's loopback HTTP. */
    public AggregatorClient aggregatorClient() {
        return new AggregatorClient(aggregator.runFile().http(), aggregator.dir());
    }

    /** What {@code weft-aggregator status --json} says. */
    public JsonObject aggregatorStatus() {
        return JsonParser.parseString(aggregatorCommand("status", "--json")).getAsJsonObject();
    }

    /**
     * Copies the directory of the aggregator, with its keys and its anchor, as an operator does who means to show two
     * histories. The aggregator must not run; neither does the copy yet.
     */
    public Twin twin(String name) {
        if (aggregator.running()) {
            throw new IllegalStateException("a directory in use is not copied");
        }
        Path home = dir.resolve(name);
        copy(aggregator.dir(), home);
        configure(home.resolve("aggregator.properties"), "grpc.address", "127.0.0.1:0");
        return new Twin(
                new Daemon(name, home, log(name), distribution.aggregator(List.of("serve", "--dir", home.toString()))),
                distribution);
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Files.copy(each, to.resolve(from.relativize(each)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The members admitted so far, by name. */
    public List<SiteNode> nodes() {
        synchronized (nodes) {
            return List.copyOf(nodes.values());
        }
    }

    public SiteNode node(String name) {
        return nodes().stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no member " + name));
    }

    /** Runs {@code weft-aggregator} on its directory; fails where its exit code is not 0. */
    public String aggregatorCommand(String... arguments) {
        return Command.succeed(aggregatorLine(arguments));
    }

    /** Runs {@code weft-aggregator} on its directory, whatever becomes of it. */
    public Command tryAggregatorCommand(String... arguments) {
        return Command.run(aggregatorLine(arguments));
    }

    /** Ends every process that any federation of this virtual machine started; returns when they are gone. */
    public static void endAll() {
        Processes.endAll();
    }

    /** Ends every daemon: nodes first. */
    @Override
    public void close() {
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            each(pool, nodes(), node -> node.daemon().stop());
        } finally {
            pool.shutdownNow();
            aggregator.close();
        }
    }

    private List<String> aggregatorLine(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--dir");
        all.add(aggregator.dir().toString());
        return distribution.aggregator(all);
    }

    /** Where a daemon's output goes. */
    public Path log(String name) {
        return dir.resolve("logs").resolve(name + ".log");
    }

    private void makeDirectories() {
        try {
            Files.createDirectories(dir.resolve("logs"));
            Files.createDirectories(dir.resolve("invitations"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sets one key in a daemon's configuration file. */
    private static void configure(Path file, String key, String value) {
        try {
            List<String> lines = new ArrayList<>(Files.exists(file) ? Files.readAllLines(file) : List.of());
            lines.removeIf(line -> line.strip().startsWith(key));
            lines.add(key + " = " + value);
            write(file, String.join("\n", lines) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T, R> List<R> each(ExecutorService pool, List<T> items, Function<T, R> work) {
        List<CompletableFuture<R>> running = items.stream()
                .map(item -> CompletableFuture.supplyAsync(() -> work.apply(item), pool))
                .toList();
        try {
            return running.stream().map(CompletableFuture::join).toList();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
