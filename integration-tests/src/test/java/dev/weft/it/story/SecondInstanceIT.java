package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.it.federation.Command;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.SiteNode;
import org.junit.jupiter.api.Test;

/** A second daemon on a directory in use is refused, and the first one does not notice. */
class SecondInstanceIT {

    @Test
    void secondNode_isRefused() {
        SiteNode node = SmallFederation.get().node("hospital-a");
        long pid = node.daemon().runFile().pid();
        Command second = node.tryCommand("serve");
        assertThat(second.exitCode()).isEqualTo(2);
        assertThat(second.output()).contains("already-running");
        assertThat(node.daemon().runFile().pid()).isEqualTo(pid);
        assertThat(node.client().status().get("member").getAsString()).isEqualTo("hospital-a");
    }

    @Test
    void secondAggregator_isRefused() {
        Federation federation = SmallFederation.get();
        long pid = federation.aggregator().runFile().pid();
        Command second = federation.tryAggregatorCommand("serve");
        assertThat(second.exitCode()).isEqualTo(2);
        assertThat(second.output()).contains("already-running");
        assertThat(federation.aggregator().runFile().pid()).isEqualTo(pid);
        assertThat(federation.aggregatorStatus().get("size").getAsLong()).isPositive();
    }
}
