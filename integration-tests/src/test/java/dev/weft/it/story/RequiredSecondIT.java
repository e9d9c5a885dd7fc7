package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Command;
import dev.weft.it.federation.Distribution;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.Route;
import dev.weft.it.federation.Seat;
import dev.weft.it.federation.SiteNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Root requires ML-DSA-44 in a running federation: members take it up by themselves, and what waits gains the signature. */
@Tag("recovery")
class RequiredSecondIT {

    @Test
    void aRequirement_isTakenUpByMembers_andAStatementThatWaitedGainsTheSecondSignature() throws IOException {
        Path dir = PlayedStudy.directory("second");
        try (Federation federation = Federation.create(dir, "second", Distribution.find(), Route.DIRECT)) {
            List<SiteNode> nodes = federation.admit(List.of(Seat.coordinator("coordinator"), Seat.site("hospital-a")));
            SiteNode coordinator = nodes.get(0);
            SiteNode hospital = nodes.get(1);
            SmallFederation.awaitDurable(
                    coordinator, SmallFederation.register(coordinator.client()).statement());
            Command early = federation.tryAggregatorCommand("algorithms", "require", "ml-dsa-44");
            assertThat(early.exitCode()).isEqualTo(1);
            assertThat(early.output()).contains("second-key-missing", "coordinator", "hospital-a");
            for (SiteNode node : nodes) {
                node.daemon().stop();
                node.command("key", "rotate", "second");
                node.daemon().start();
            }
            Await.until(
                    "both second keys in the log",
                    SmallFederation.LIMIT,
                    () -> algorithms(federation)
                            .getAsJsonObject("second")
                            .getAsJsonArray("missing")
                            .isEmpty());

            federation.aggregator().stop();
            String waiting = SmallFederation.register(coordinator.client()).statement();
            coordinator.daemon().stop();
            federation.aggregator().start();
            assertThat(federation.aggregatorCommand("algorithms", "require", "ml-dsa-44"))
                    .contains("root-second.key");
            Await.until(
                    "the member that is there taking it up",
                    SmallFederation.LIMIT,
                    () -> hospital.daemon().log().contains("root requires second signatures"));
            coordinator.daemon().start();

            SmallFederation.awaitDurable(coordinator, waiting);
            SmallFederation.awaitDurable(
                    coordinator, SmallFederation.register(coordinator.client()).statement());
            SiteNode late = federation.admit(List.of(Seat.site("late-site"))).get(0);
            assertThat(late.dir().resolve("keys/second.key")).exists();
            Await.until(
                    "the newcomer's stream",
                    SmallFederation.LIMIT,
                    () -> late.client().status().get("connected").getAsBoolean());
            assertThat(algorithms(federation).get("secondSince").getAsLong()).isPositive();
            audit(coordinator, dir);
            assertThat(coordinator.daemon().log() + hospital.daemon().log())
                    .as("mirrors follow")
                    .doesNotContain("breaks its rules", "they are dropped");
        }
    }

    @Test
    void membersThatWereSuspendedMeanwhile_comeBackByARotation_orByARecoveryWhereAStatementWaits() {
        Path dir = PlayedStudy.directory("away");
        try (Federation federation = Federation.create(dir, "away", Distribution.find(), Route.DIRECT)) {
            List<SiteNode> nodes = federation.admit(List.of(Seat.coordinator("idle"), Seat.coordinator("busy")));
            SiteNode idle = nodes.get(0);
            SiteNode busy = nodes.get(1);
            for (SiteNode node : nodes) {
                SmallFederation.awaitDurable(
                        node, SmallFederation.register(node.client()).statement());
                federation.aggregatorCommand("suspend", node.name());
            }
            String waiting = SmallFederation.register(busy.client()).statement();
            nodes.forEach(node -> node.daemon().stop());
            assertThat(federation.aggregatorCommand("algorithms", "require", "ml-dsa-44"))
                    .contains("root-second.key");
            for (SiteNode node : nodes) {
                federation.aggregatorCommand("resume", node.name());
                node.daemon().start();
            }
            awaitLog(idle, "weft-node key rotate second");
            awaitLog(busy, "run 'weft-node recover'");
            nodes.forEach(node -> node.daemon().stop());
            assertThat(busy.tryCommand("key", "rotate", "second").output()).contains("weft-node recover");
            idle.command("key", "rotate", "second");
            busy.command(
                    "recover",
                    "--recovery-key",
                    busy.dir().resolve("recovery.key").toString(),
                    "--loss",
                    "nothing: it could not be signed twice",
                    "--yes");
            for (SiteNode node : nodes) {
                node.daemon().start();
                SmallFederation.awaitDurable(
                        node, SmallFederation.register(node.client()).statement());
            }
            assertThat(busy.daemon().log()).contains("1 undelivered statements were stated again");
            assertThat(SmallFederation.state(busy, waiting))
                    .as("its first form is in no log")
                    .isNotEqualTo("durable");
        }
    }

    private static void awaitLog(SiteNode node, String sentence) {
        Await.until(
                node.name() + " saying: " + sentence,
                SmallFederation.LIMIT,
                () -> node.daemon().log().contains(sentence));
    }

    /** An auditor without a node judges entries of one and of two signatures, each where it stands. */
    private static void audit(SiteNode node, Path dir) throws IOException {
        Path bundle = dir.resolve("coordinator.zip");
        node.command("audit", "export", "--member", "coordinator", "-o", bundle.toString());
        Path policy = Files.writeString(dir.resolve("policy"), node.command("audit", "policy"));
        assertThat(node.command("verify", bundle.toString(), "--policy", policy.toString()))
                .containsIgnoringCase("holds");
    }

    private static JsonObject algorithms(Federation federation) {
        return JsonParser.parseString(federation.aggregatorCommand("algorithms", "show", "--json"))
                .getAsJsonObject();
    }
}
