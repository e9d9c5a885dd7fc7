package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.weft.it.federation.Daemon;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.SiteClient;
import dev.weft.it.federation.SiteNode;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** kill -9 at any moment: nothing that was acknowledged is lost. */
class CrashRecoveryIT {

    private static final AtomicInteger RUN = new AtomicInteger();

    @Test
    void node_killedWhileItRecords_keepsEveryRecordThatItAcknowledged() {
        Federation federation = SmallFederation.get();
        SiteNode node = federation.node("hospital-a");
        for (int turn = 0; turn < 2; turn++) {
            Set<String> acknowledged = whileKilled(node.daemon(), recorded(node));
            node.daemon().start();
            Set<String> kept = new HashSet<>();
            for (JsonObject record : node.client().records()) {
                if (record.has("externalId")) {
                    kept.add(record.get("externalId").getAsString());
                }
            }
            assertThat(acknowledged).isNotEmpty();
            assertThat(kept).containsAll(acknowledged);
        }
    }

    @Test
    void node_killedWhileItStates_deliversEveryStatementThatItAcknowledged() {
        Federation federation = SmallFederation.get();
        SiteNode node = federation.node("coordinator");
        Set<String> acknowledged = whileKilled(node.daemon(), stated(node));
        node.daemon().start();
        assertThat(acknowledged).isNotEmpty();
        acknowledged.forEach(statement -> SmallFederation.awaitDurable(node, statement));
    }

    @Test
    void aggregator_killedWhileItAccepts_keepsEveryStatementThatHasAReceipt() {
        Federation federation = SmallFederation.get();
        SiteNode node = federation.node("coordinator");
        Set<String> acknowledged = whileKilled(federation.aggregator(), stated(node));
        List<String> durable = acknowledged.stream()
                .filter(statement -> SmallFederation.state(node, statement).equals("durable"))
                .toList();
        long before = durable.stream()
                .mapToLong(statement -> node.client()
                        .statement(statement)
                        .getAsJsonObject("receipt")
                        .get("index")
                        .getAsLong())
                .max()
                .orElse(-1);
        federation.aggregator().start();
        acknowledged.forEach(statement -> SmallFederation.awaitDurable(node, statement));
        assertThat(federation.aggregatorStatus().get("size").getAsLong()).isGreaterThan(before);
        SmallFederation.awaitDurable(
                node, SmallFederation.register(node.client()).statement());
        federation.aggregator().stop();
        assertThat(federation.aggregatorCommand("rebuild")).contains("equal, byte for byte");
    }

    private interface Work {
        /** Returns what was acknowledged. */
        String once(int number);
    }

    private static Work recorded(SiteNode node) {
        SiteClient client = node.client();
        int run = RUN.incrementAndGet();
        return number -> {
            String id = "crash-" + run + "-" + number;
            client.record(SmallFederation.dataset(id));
            return id;
        };
    }

    private static Work stated(SiteNode node) {
        SiteClient client = node.client();
        return number -> SmallFederation.register(client).statement();
    }

    /** Works until the daemon is killed in the middle of it; returns what was acknowledged. */
    private static Set<String> whileKilled(Daemon daemon, Work work) {
        Set<String> acknowledged = new HashSet<>();
        Optional<CompletableFuture<Void>> killed = Optional.empty();
        for (int number = 0; killed.map(future -> !future.isDone()).orElse(true); number++) {
            try {
                acknowledged.add(work.once(number));
            } catch (UncheckedIOException e) {
                break; // it is gone: what was under way was not acknowledged
            }
            if (number == 20) {
                killed = Optional.of(CompletableFuture.runAsync(daemon::killHard));
            }
        }
        killed.orElseThrow(() -> new AssertionError(daemon.name() + " went before it was killed"))
                .join();
        return acknowledged;
    }
}
