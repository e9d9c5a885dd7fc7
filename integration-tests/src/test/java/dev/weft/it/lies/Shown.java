package dev.weft.it.lies;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Command;
import dev.weft.it.federation.Daemon;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.RefusedException;
import dev.weft.it.federation.SiteNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** What the people of a federation see of a lie. */
final class Shown {
    /** Other work on the machine must not look like a lie that nobody noticed. */
    static final Duration LIMIT = Duration.ofMinutes(2);

    private Shown() {}

    /** The event is in the node's status, its log and its metrics. */
    static void event(SiteNode node, String type) {
        Await.until(
                node.name() + " raising " + type,
                LIMIT,
                () -> node.client()
                        .status()
                        .getAsJsonArray("securityEvents")
                        .toString()
                        .contains('"' + type + '"'));
        logged(node.daemon(), "SECURITY " + type + ": ");
        assertThat(node.client().send("GET", "/metrics", "").body().toString())
                .contains("weft_node_security_events_total{type=\\\"" + type + "\\\"}");
    }

    /** The same of the aggregator. */
    static void event(Federation federation, String type, String record) {
        Await.until(
                "the aggregator raising " + type,
                LIMIT,
                () -> federation
                        .aggregatorClient()
                        .send("GET", "/metrics", "")
                        .body()
                        .toString()
                        .contains("event=\\\"" + type + "\\\""));
        logged(federation.aggregator(), record + "[");
    }

    /** A daemon's lines reach its file on another way than its answers reach us. */
    private static void logged(Daemon daemon, String line) {
        Await.until("the log saying " + line, LIMIT, () -> daemon.log().contains(line));
    }

    /** No fork proof, and the command says that there is none. */
    static void nothing(SiteNode node) {
        assertThat(node.command("fork", "list")).contains("none: this node has seen no contradiction");
    }

    /** The newest of the node's fork proofs that says this. */
    static Path file(SiteNode node, String words) {
        return Await.value(
                "a fork proof that says " + words,
                LIMIT,
                () -> find(node.client().status().getAsJsonArray("forks"), words));
    }

    /** The aggregator's fork proof that says this. */
    static Path file(Federation federation, String words) {
        return Await.value(
                "a fork proof that says " + words,
                LIMIT,
                () -> find(
                        JsonParser.parseString(federation.aggregatorCommand("fork", "list", "--json"))
                                .getAsJsonArray(),
                        words));
    }

    private static Optional<Path> find(JsonArray forks, String words) {
        for (JsonElement each : forks) {
            JsonObject fork = each.getAsJsonObject();
            if (fork.get("message").getAsString().contains(words) && fork.has("file")) {
                return Optional.of(Path.of(fork.get("file").getAsString()));
            }
        }
        return Optional.empty();
    }

    /** In a fresh process and a directory that has never seen the federation: it is explained, and exits with 0. */
    static void toAnybody(SiteNode node, Path file, String... words) {
        Command verified = anywhere(node, file);
        assertThat(verified.exitCode()).as(verified.output()).isZero();
        assertThat(verified.output()).contains("PROVED: ", "not proven: ").contains(words);
    }

    static Command anywhere(SiteNode node, Path file) {
        Path moved;
        try {
            Path nowhere = Files.createTempDirectory("nowhere");
            moved = Files.copy(file, nowhere.resolve("accusation"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return node.elsewhere(moved.resolveSibling("no-node"), "verify", moved.toString());
    }

    static long held(SiteNode node) {
        try {
            return node.client().checkpoint().get("size").getAsLong();
        } catch (RefusedException e) {
            return 0;
        }
    }

    static long cosigned(SiteNode node) {
        return witness(node, "cosigned");
    }

    /** How much of the log the node's own copy holds, checked against a signed head. */
    static long verified(SiteNode node) {
        return witness(node, "verified");
    }

    private static long witness(SiteNode node, String size) {
        return node.client().status().getAsJsonObject("witness").get(size).getAsLong();
    }

    static String standing(Federation federation, String member) {
        for (JsonElement each : federation.aggregatorStatus().getAsJsonArray("members")) {
            if (each.getAsJsonObject().get("name").getAsString().equals(member)) {
                return each.getAsJsonObject().get("standing").getAsString();
            }
        }
        throw new AssertionError(member + " is no member");
    }
}
