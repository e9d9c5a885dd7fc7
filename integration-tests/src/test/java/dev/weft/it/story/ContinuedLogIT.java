package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Command;
import dev.weft.it.federation.Distribution;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.Route;
import dev.weft.it.federation.Seat;
import dev.weft.it.federation.SiteNode;
import dev.weft.proto.v1.Question;
import dev.weft.proto.v1.RoundsQuestion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The aggregator lost its anchor: root continues the log, and the members take it up by themselves. */
@Tag("recovery")
class ContinuedLogIT {

    @Test
    void lostAnchor_isContinuedByRoot_andMembersStateAgainWhatTheNewLogDoesNotHold() throws IOException {
        Path dir = PlayedStudy.directory("continued");
        try (Federation federation = Federation.create(dir, "continued", Distribution.find(), Route.DIRECT)) {
            SiteNode coordinator =
                    federation.admit(List.of(Seat.coordinator("coordinator"))).get(0);
            SmallFederation.awaitDurable(
                    coordinator, SmallFederation.register(coordinator.client()).statement());
            Path anchor = federation.aggregator().dir().resolve("aggregator.anchor");
            Path kept = dir.resolve("checkpoint-that-a-member-kept");
            Files.copy(anchor, kept);
            String lost = SmallFederation.register(coordinator.client()).statement();
            SmallFederation.awaitDurable(coordinator, lost);
            JsonObject before = coordinator.client().statement(lost);
            federation.aggregator().stop();
            Files.delete(anchor);

            Command refused = federation.tryAggregatorCommand("serve");
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.output()).contains("anchor-missing", "--continue");
            assertThat(federation.aggregatorCommand("recover", "--continue", "--checkpoint", kept.toString()))
                    .contains("Continued as continued/log/2", "1 entries above that head");
            federation.aggregator().start();
            assertThat(federation.aggregatorStatus().get("origin").getAsString())
                    .isEqualTo("continued/log/2");

            Await.until(
                    "the node taking it up",
                    SmallFederation.LIMIT,
                    () -> coordinator.daemon().log().contains("the shared log goes on as continued/log/2"));
            JsonObject again = Await.value(
                    "the lost statement's receipt in the new log",
                    SmallFederation.LIMIT,
                    () -> durable(coordinator).stream()
                            .filter(statement -> statement.get("seq").equals(before.get("seq")))
                            .filter(statement -> !statement.get("statement").equals(before.get("statement")))
                            .findFirst());
            assertThat(coordinator.client().statements("durable"))
                    .as("of before, and stated again")
                    .hasSize(2);
            SmallFederation.awaitDurable(
                    coordinator, SmallFederation.register(coordinator.client()).statement());

            SiteNode late = federation.admit(List.of(Seat.site("late-site"))).get(0);
            Await.until(
                    "the newcomer's stream",
                    SmallFederation.LIMIT,
                    () -> late.client().status().get("connected").getAsBoolean());
            coordinator.daemon().stop();
            coordinator.daemon().start();
            SmallFederation.awaitDurable(
                    coordinator, SmallFederation.register(coordinator.client()).statement());
            SmallFederation.awaitGraph(federation);
            assertThat(coordinator
                            .client()
                            .ask(Question.newBuilder()
                                    .setRounds(RoundsQuestion.newBuilder().setTrainingLine("story"))
                                    .setProof(true)
                                    .build())
                            .rounds())
                    .as("of before, stated again, and since")
                    .hasSize(4);
            JsonObject gone = coordinator.client().statement(lost);
            assertThat(gone.get("state").getAsString()).isEqualTo("refused");
            assertThat(gone.toString()).contains(again.get("statement").getAsString());
            assertThat(coordinator.daemon().log())
                    .as("the mirror followed")
                    .doesNotContain("breaks its rules", "they are dropped");
        }
    }

    private static List<JsonObject> durable(SiteNode node) {
        try {
            return node.client().statements("durable");
        } catch (RuntimeException e) {
            return List.of(); // between two listeners
        }
    }
}
