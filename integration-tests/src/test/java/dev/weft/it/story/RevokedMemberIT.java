package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.Seat;
import dev.weft.it.federation.SiteClient;
import dev.weft.it.federation.SiteNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Root revokes a member whose stream is open: within five seconds it is cut off, and what it says later stays out. */
class RevokedMemberIT {

    @Test
    void openStream_endsAndNothingMoreIsAppended() {
        Federation federation = SmallFederation.get();
        SiteNode coordinator = federation.node("coordinator");
        SiteNode node = federation
                .admit(List.of(Seat.site("hospital-z", "progress started on")))
                .get(0);
        SiteClient client = node.client();
        String round = SmallFederation.register(coordinator.client()).statement();
        SmallFederation.awaitDurable(coordinator, round);
        SmallFederation.awaitDurable(node, client.record(started(round)).statement());

        federation.aggregatorCommand("revoke", "hospital-z");
        Await.until(
                "the stream's end within five seconds",
                Duration.ofSeconds(6),
                () -> !client.status().get("connected").getAsBoolean());

        String late = client.record(started(round)).statement();
        String next = SmallFederation.register(coordinator.client()).statement();
        SmallFederation.awaitDurable(coordinator, next);
        assertThat(SmallFederation.state(node, late)).isNotEqualTo("durable");
        assertThat(federation.aggregatorCommand("members"))
                .contains("hospital-z")
                .contains("revoked");
        node.daemon().stop();
    }

    private static JsonObject started(String round) {
        JsonObject started = new JsonObject();
        started.addProperty("kind", "round");
        started.addProperty("event", "started");
        started.addProperty("round", round);
        return started;
    }
}
