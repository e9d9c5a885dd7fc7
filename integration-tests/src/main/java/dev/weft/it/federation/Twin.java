package dev.weft.it.federation;

import java.util.ArrayList;
import java.util.List;

/** A second aggregator with the keys and the past of the first one. */
public final class Twin implements AutoCloseable {

    private final Daemon daemon;
    private final Distribution distribution;

    Twin(Daemon daemon, Distribution distribution) {
        this.daemon = daemon;
        this.distribution = distribution;
    }

    public Daemon daemon() {
        return daemon;
    }

    /** host:port of its gRPC listener as it runs now. */
    public String grpc() {
        return daemon.runFile().grpc();
    }

    /** Runs {@code weft-aggregator} on its directory; fails where its exit code is not 0. */
    public String command(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--dir");
        all.add(daemon.dir().toString());
        return Command.succeed(distribution.aggregator(all));
    }

    @Override
    public void close() {
        daemon.close();
    }
}
