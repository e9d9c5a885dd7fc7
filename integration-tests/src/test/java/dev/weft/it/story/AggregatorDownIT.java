package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.it.federation.Await;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.SiteClient;
import dev.weft.it.federation.SiteNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The aggregator is away: the node keeps recording, says so, and catches up. */
class AggregatorDownIT {

    @Test
    void node_keepsRecordingAndCatchesUp() {
        Federation federation = SmallFederation.get();
        SiteNode coordinator = federation.node("coordinator");
        SiteClient client = coordinator.client();
        SmallFederation.awaitDurable(
                coordinator, SmallFederation.register(client).statement());

        assertThat(federation.aggregator().stop())
                .as("SIGTERM ends it in order")
                .isTrue();
        Await.until(
                "the node noticing",
                SmallFederation.LIMIT,
                () -> !client.status().get("connected").getAsBoolean());
        List<String> statements = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            statements.add(SmallFederation.register(client).statement());
        }
        assertThat(client.status().get("pending").getAsLong()).isEqualTo(10);
        assertThat(client.record(SmallFederation.dataset("while-down")).duplicate())
                .isFalse();

        federation.aggregator().start();
        statements.forEach(statement -> SmallFederation.awaitDurable(coordinator, statement));
        assertThat(client.status().get("pending").getAsLong()).isZero();
        assertThat(client.status().get("connected").getAsBoolean()).isTrue();
    }
}
