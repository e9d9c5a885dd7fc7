package dev.weft.it.federation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One joined member: its daemon, and how to talk to it. */
public final class SiteNode {

    private final Seat seat;
    private final Daemon daemon;
    private final Distribution distribution;

    SiteNode(Seat seat, Daemon daemon, Distribution distribution) {
        this.seat = seat;
        this.daemon = daemon;
        this.distribution = distribution;
    }

    public String name() {
        return seat.name();
    }

    public Seat seat() {
        return seat;
    }

    public Daemon daemon() {
        return daemon;
    }

    public Path dir() {
        return daemon.dir();
    }

    /** The file with the token that {@code join} made: may capture, read and administer, but not approve. */
    public Path tokenFile() {
        return dir().resolve("tokens").resolve("admin.token");
    }

    /** A client with the token that {@code join} made, to the daemon as it runs now. */
    public SiteClient client() {
        return client(tokenFile());
    }

    /** A client with another token. */
    public SiteClient client(Path token) {
        return new SiteClient(name(), daemon.runFile().http(), SiteClient.token(token));
    }

    /** Makes a token for a person through the command line and returns the file it lies in. */
    public Path addToken(String person, String scope) {
        Path file = dir().resolve("tokens").resolve(person + ".token");
        command("token", "add", person, "--scope", scope, "--out", file.toString());
        return file;
    }

    /** Runs {@code weft-node} on this directory; fails where its exit code is not 0. */
    public String command(String... arguments) {
        return Command.succeed(line(arguments));
    }

    /** Runs {@code weft-node} on this directory, whatever becomes of it. */
    public Command tryCommand(String... arguments) {
        return Command.run(line(arguments));
    }

    /** Starts {@code weft-node} on this directory; what it prints goes nowhere. */
    public Process start(String... arguments) throws IOException {
        return new ProcessBuilder(line(arguments))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Runs {@code weft-node} on a directory that is not this node's, whatever becomes of it. */
    public Command elsewhere(Path other, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--dir");
        all.add(other.toString());
        return Command.run(distribution.node(all));
    }

    private List<String> line(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--dir");
        all.add(dir().toString());
        return distribution.node(all);
    }
}
