package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Command;
import dev.weft.it.federation.Distribution;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.RefusedException;
import dev.weft.it.federation.Route;
import dev.weft.it.federation.Seat;
import dev.weft.it.federation.SiteNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The members witness the log that they write: what they cosigned is final, and what is not says so. */
class WitnessedLogIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private static Federation federation;
    private static SiteNode coordinator;
    private static SiteNode hospitalA;
    private static SiteNode hospitalB;

    @BeforeAll
    static void found() throws IOException {
        federation =
                Federation.create(PlayedStudy.directory("witnessed"), "witnessed", Distribution.find(), Route.DIRECT);
        List<SiteNode> nodes = federation.admit(
                List.of(Seat.coordinator("coordinator"), Seat.site("hospital-a"), Seat.site("hospital-b")));
        coordinator = nodes.get(0);
        hospitalA = nodes.get(1);
        hospitalB = nodes.get(2);
    }

    @AfterAll
    static void close() {
        if (federation != null) {
            federation.close();
        }
    }

    private static String register() {
        return SmallFederation.register(coordinator.client()).statement();
    }

    private static boolean isFinal(String statement) {
        try {
            JsonObject told = coordinator.client().statement(statement);
            return told.has("final") && told.get("final").getAsBoolean();
        } catch (RefusedException e) {
            return false;
        }
    }

    private static void awaitFinal(String statement) {
        Await.until(statement + " final", LIMIT, () -> isFinal(statement));
    }

    private static JsonObject finality() {
        return federation.aggregatorStatus().getAsJsonObject("finality");
    }

    private static long finalSize() {
        return finality().get("size").getAsLong();
    }

    private static long finalSize(SiteNode node) {
        return node.client().status().getAsJsonObject("final").get("size").getAsLong();
    }

    private static boolean isMissing(String name) {
        for (JsonElement witness : finality().getAsJsonArray("witnesses")) {
            JsonObject one = witness.getAsJsonObject();
            if (one.get("name").getAsString().equals(name)) {
                return one.has("missingSince");
            }
        }
        throw new AssertionError(name + " is no witness");
    }

    @Test
    void membersCosign_andFinalIsTheNodesOwnVerdict() throws IOException {
        String before = register();
        SmallFederation.awaitDurable(coordinator, before);
        assertThat(coordinator.client().status().get("policy").getAsString()).startsWith("no witness policy");
        assertThat(coordinator.client().statement(before).get("final").getAsBoolean())
                .isFalse();

        assertThat(federation.nameWitnesses()).contains("quorum    2 of 3", "tolerates no dishonest witness");
        awaitFinal(before);
        String statement = register();
        awaitFinal(statement);
        JsonObject receipt = coordinator.client().statement(statement).getAsJsonObject("receipt");
        assertThat(receipt.get("finalCheckpoint").getAsString().lines().filter(line -> line.startsWith("— ")))
                .hasSizeGreaterThanOrEqualTo(3);
        assertThat(coordinator.command("round", "list")).contains("final: a quorum");
        assertThat(coordinator.command("status")).contains("final with 2 of 3 organisations", "mirror");

        // One may be away; with two away the log goes on and nothing more is final.
        hospitalB.daemon().killHard();
        awaitFinal(register());
        hospitalA.daemon().killHard();
        String waiting = register();
        SmallFederation.awaitDurable(coordinator, waiting);
        Await.until("both are missed", LIMIT, () -> isMissing("hospital-a") && isMissing("hospital-b"));
        assertThat(finality().has("quorumMissingSince")).isTrue();
        assertThat(isFinal(waiting)).isFalse();
        assertThat(federation.aggregatorCommand("status"))
                .contains("hospital-b", "MISSING since", "quorum missing since");

        // Back again, with what they had, they cosign what came meanwhile.
        hospitalA.daemon().start();
        hospitalB.daemon().start();
        awaitFinal(waiting);
        Await.until("nobody is missed", LIMIT, () -> !isMissing("hospital-a") && !isMissing("hospital-b"));
        long size = federation.aggregatorStatus().get("size").getAsLong();
        Await.until(
                "the copies are complete",
                LIMIT,
                () -> federation.nodes().stream()
                        .allMatch(node -> node.client()
                                        .status()
                                        .getAsJsonObject("witness")
                                        .get("verified")
                                        .getAsLong()
                                == size));
        Await.until("it is final", LIMIT, () -> finalSize() == size);

        // The aggregator starts anew and knows what was final.
        federation.aggregator().killHard();
        federation.aggregator().start();
        assertThat(finalSize()).isEqualTo(size);
        awaitFinal(register());
        for (SiteNode node : federation.nodes()) {
            assertThat(node.client().status().getAsJsonArray("securityEvents")).isEmpty();
        }
        auditorNeedsNoAggregator();
    }

    /** From a member's own copy, at a checkpoint that the members cosigned, by the policy that root stated. */
    private static void auditorNeedsNoAggregator() throws IOException {
        Path policy = federation.dir().resolve("auditor.policy");
        Await.until("hospital-a hearing what is final", LIMIT, () -> finalSize(hospitalA) == finalSize());
        Files.writeString(policy, hospitalA.command("audit", "policy"));
        assertThat(policy).content().isEqualTo(federation.aggregatorCommand("audit", "policy"));
        federation.aggregator().killHard();
        Path bundle = federation.dir().resolve("coordinator.zip");
        hospitalA.command(
                "audit", "export", "--member", "coordinator", "--policy", policy.toString(), "-o", bundle.toString());
        Path other = federation.dir().resolve("aggregator.zip");
        federation.aggregatorCommand(
                "audit", "export", "--member", "coordinator", "--policy", policy.toString(), "-o", other.toString());
        assertThat(Files.mismatch(bundle, other))
                .as("one question, one checkpoint")
                .isEqualTo(-1);
        Command verified = hospitalB.elsewhere(
                federation.dir().resolve("nowhere"), "verify", bundle.toString(), "--policy", policy.toString());
        assertThat(verified.exitCode()).as(verified.output()).isZero();
        assertThat(verified.output())
                .contains("its quorum of witnesses cosigned the checkpoint", "2 witnesses saw it")
                .doesNotContain("no witness");
    }
}
