package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Command;
import dev.weft.it.federation.Daemon;
import dev.weft.it.federation.Recorded;
import dev.weft.it.federation.Seat;
import dev.weft.it.federation.SiteNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A node that lost its anchor, was restored or was cloned: it records, does not sign, and goes on by rollover. */
@Tag("recovery")
class NodeRecoveryIT {

    @Test
    void anchorLost_nodeRecordsMeanwhile_andReleasesWhatWasHeldAfterItsRollover() {
        SiteNode node = admit("hospital-r");
        String round = round();
        SmallFederation.awaitDurable(node, contribution(node, round, "before").statement());
        node.daemon().stop();
        delete(node.dir().resolve("node.anchor"));

        node.daemon().start();
        assertThat(stopped(node)).isEqualTo("anchor-missing");
        Recorded held = contribution(node, round, "held");
        assertThat(held.waiting())
                .as("policy lets it out, but nothing may be signed")
                .isTrue();
        node.daemon().stop();

        Command look = node.tryCommand("recover");
        assertThat(look.exitCode()).isEqualTo(1);
        assertThat(look.output()).contains("anchor-missing", "incarnation 0", "--recovery-key");
        rollOver(node, node.dir().resolve("recovery.key"));

        node.daemon().start();
        assertThat(node.client().status().get("incarnation").getAsInt()).isEqualTo(1);
        assertThat(node.client().status().has("signingStopped")).isFalse();
        JsonObject release = node.client().release(held.releaseId().orElseThrow());
        assertThat(release.get("state").getAsString()).isEqualTo("automatic");
        SmallFederation.awaitDurable(node, release.get("statement").getAsString());
        SmallFederation.awaitDurable(node, contribution(node, round, "after").statement());
    }

    @Test
    void restoredBackup_signsNothingUntilItDeclaresItsLoss() {
        SiteNode node = admit("hospital-s");
        String round = round();
        SmallFederation.awaitDurable(node, contribution(node, round, "before").statement());
        Path backup = node.dir().resolveSibling("backup-of-" + node.name());
        node.command("backup", backup.toString());
        SmallFederation.awaitDurable(node, contribution(node, round, "lost").statement());
        node.daemon().stop();
        Path recovery = node.dir().resolveSibling("recovery-of-" + node.name());
        move(node.dir().resolve("recovery.key"), recovery);
        delete(node.dir());
        move(backup, node.dir());

        node.daemon().start();
        assertThat(stopped(node)).isEqualTo("anchor-missing");
        node.daemon().stop();
        assertThat(node.tryCommand("recover").output())
                .contains("the log holds statements that this directory does not");
        rollOver(node, recovery);
        node.daemon().start();
        SmallFederation.awaitDurable(node, contribution(node, round, "again").statement());
        assertThat(standing(node)).isEqualTo("active");
    }

    @Test
    void clonedDisk_isRefusedByItsPeers_saysSo_andARolloverEndsTheQuarantine() {
        SiteNode node = admit("hospital-t");
        String round = round();
        SmallFederation.awaitDurable(node, contribution(node, round, "before").statement());
        node.daemon().stop();
        Path clone = node.dir().resolveSibling("clone-of-" + node.name());
        copy(node.dir(), clone);
        node.daemon().start();
        SmallFederation.awaitDurable(
                node, contribution(node, round, "by-the-original").statement());
        node.daemon().stop();
        delete(node.dir());
        move(clone, node.dir());

        node.daemon().start();
        Recorded second = contribution(node, round, "by-the-clone");
        Await.until(
                "the refusal",
                SmallFederation.LIMIT,
                () -> SmallFederation.state(node, second.statement()).equals("refused"));
        JsonObject status = node.client().status();
        assertThat(status.getAsJsonArray("securityEvents").toString())
                .containsAnyOf("sequence-mismatch", "signed-elsewhere");
        Await.until(
                "the quarantine", SmallFederation.LIMIT, () -> standing(node).equals("quarantined"));
        node.daemon().stop();

        assertThat(node.tryCommand("recover").output()).contains("refused for good");
        rollOver(node, node.dir().resolve("recovery.key"));
        node.daemon().start();
        Await.until(
                "the end of the quarantine",
                SmallFederation.LIMIT,
                () -> standing(node).equals("active"));
        SmallFederation.awaitDurable(node, contribution(node, round, "after").statement());
    }

    @Test
    void rotatedKeys_signAndOpenTheNextStream_andTheOldOnesAreGone() {
        SiteNode node = admit("hospital-u");
        String round = round();
        SmallFederation.awaitDurable(node, contribution(node, round, "before").statement());
        String before = read(node.dir().resolve("keys/statement.key"));
        String certificate = read(node.dir().resolve("keys/tls.crt"));
        assertThat(node.tryCommand("key", "rotate", "statement").output()).contains("already-running");
        Daemon aggregator = SmallFederation.get().aggregator();
        aggregator.stop();
        String inFlight = contribution(node, round, "in-flight").statement();
        node.daemon().stop();
        node.command("key", "rotate", "statement", "tls", "witness", "hpke", "second");
        assertThat(read(node.dir().resolve("keys/statement.key"))).isNotEqualTo(before);
        node.daemon().start();
        String after = contribution(node, round, "after").statement();
        aggregator.start();
        SmallFederation.awaitDurable(node, inFlight);
        SmallFederation.awaitDurable(node, after);
        Await.until(
                "a certificate for the new key",
                SmallFederation.LIMIT,
                () -> !read(node.dir().resolve("keys/tls.crt")).equals(certificate));
        Await.until(
                "the stream",
                SmallFederation.LIMIT,
                () -> node.client().status().get("connected").getAsBoolean());
        SmallFederation.awaitDurable(node, contribution(node, round, "later").statement());
        node.daemon().stop();
        node.daemon().start();
        assertThat(Files.exists(node.dir().resolve("keys/next"))).isFalse();
        SmallFederation.awaitDurable(node, contribution(node, round, "last").statement());
        assertThat(node.client().status().get("incarnation").getAsInt()).isZero();
        Path bundle = node.dir().resolveSibling("bundle-of-" + node.name() + ".zip");
        node.command("audit", "export", "--member", node.name(), "-o", bundle.toString());
        node.command("verify", bundle.toString());
        Python.find().run("weft_verify.py", bundle.toString());
    }

    private static SiteNode admit(String name) {
        SiteNode node = SmallFederation.get().admit(List.of(Seat.site(name))).get(0);
        JsonObject run = new JsonObject();
        run.addProperty("kind", "run");
        run.addProperty("externalId", "train");
        run.addProperty("step", "train");
        node.client().record(run);
        return node;
    }

    private static String round() {
        SiteNode coordinator = SmallFederation.get().node("coordinator");
        String round = SmallFederation.register(coordinator.client()).statement();
        SmallFederation.awaitDurable(coordinator, round);
        return round;
    }

    private static Recorded contribution(SiteNode node, String round, String externalId) {
        JsonObject contribution = new JsonObject();
        contribution.addProperty("kind", "round");
        contribution.addProperty("event", "contribution");
        contribution.addProperty("externalId", externalId);
        contribution.addProperty("round", round);
        contribution.addProperty("run", "train");
        contribution.addProperty("inputModel", "weft-model-v1:" + "ab".repeat(32));
        contribution.addProperty(
                "wireDigest", "weft-model-v1:" + "%064x".formatted(externalId.hashCode() & 0xFFFFFFFFL));
        return node.client().record(contribution);
    }

    private static void rollOver(SiteNode node, Path recoveryKey) {
        assertThat(node.command(
                        "recover",
                        "--recovery-key",
                        recoveryKey.toString(),
                        "--loss",
                        "what came after the last copy",
                        "--yes"))
                .contains("rolled over  incarnation 1", "recovery-1.key");
    }

    private static String stopped(SiteNode node) {
        return node.client()
                .status()
                .getAsJsonObject("signingStopped")
                .get("reason")
                .getAsString();
    }

    private static String standing(SiteNode node) {
        for (var member : SmallFederation.get().aggregatorStatus().getAsJsonArray("members")) {
            if (member.getAsJsonObject().get("name").getAsString().equals(node.name())) {
                return member.getAsJsonObject().get("standing").getAsString();
            }
        }
        throw new AssertionError(node.name() + " is no member");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path path) {
        try (Stream<Path> all = Files.walk(path)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
}
