package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.weft.it.federation.Daemon;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.SiteClient;
import dev.weft.it.federation.SiteNode;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
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
    void aggregator_killedWhileItAccepts_keepsEveryStatementThatHasAReceipt() throws SQLException {
        Federation federation = SmallFederation.get();
        SiteNode node = federation.node("coordinator");
        Map<Long, String> durable = new HashMap<>();
        Set<String> acknowledged = whileKilled(federation.aggregator(), stated(node), told -> {
            SmallFederation.awaitDurable(node, told.iterator().next());
            durable.putAll(receipts(node, told));
            assertThat(durable).isNotEmpty();
        });
        // Receipts that came between that look and the kill count as well.
        durable.putAll(receipts(node, acknowledged));
        long before = Collections.max(durable.keySet());
        federation.aggregator().start();
        acknowledged.forEach(statement -> SmallFederation.awaitDurable(node, statement));
        assertThat(federation.aggregatorStatus().get("size").getAsLong()).isGreaterThan(before);
        SmallFederation.awaitDurable(
                node, SmallFederation.register(node.client()).statement());
        assertThat(receipts(node, acknowledged)).containsAllEntriesOf(durable);
        federation.aggregator().stop();
        assertThat(logged(federation.aggregator().dir(), durable.keySet())).isEqualTo(durable);
        assertThat(federation.aggregatorCommand("rebuild")).contains("equal, byte for byte");
    }

    /** By index, the envelope of each statement for which the node has a receipt. */
    private static Map<Long, String> receipts(SiteNode node, Set<String> statements) {
        Map<Long, String> receipts = new HashMap<>();
        for (String id : statements) {
            if (SmallFederation.state(node, id).equals("durable")) {
                JsonObject statement = node.client().statement(id);
                receipts.put(
                        statement.getAsJsonObject("receipt").get("index").getAsLong(),
                        statement.get("envelope").getAsString());
            }
        }
        return receipts;
    }

    /** The same from the aggregator's database: what is there, not what it says. */
    private static Map<Long, String> logged(Path aggregator, Set<Long> indexes) throws SQLException {
        Map<Long, String> logged = new HashMap<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + aggregator.resolve("aggregator.db"));
                PreparedStatement select = connection.prepareStatement("SELECT entry FROM log_entry WHERE idx = ?")) {
            for (long index : indexes) {
                select.setLong(1, index);
                try (ResultSet row = select.executeQuery()) {
                    if (row.next()) {
                        logged.put(index, Base64.getEncoder().encodeToString(row.getBytes(1)));
                    }
                }
            }
        }
        return logged;
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
        return whileKilled(daemon, work, told -> {});
    }

    /** The same, with a look at what was acknowledged shortly before the kill. */
    private static Set<String> whileKilled(Daemon daemon, Work work, Consumer<Set<String>> before) {
        Set<String> acknowledged = new HashSet<>();
        Optional<CompletableFuture<Void>> killed = Optional.empty();
        for (int number = 0; killed.map(future -> !future.isDone()).orElse(true); number++) {
            try {
                acknowledged.add(work.once(number));
            } catch (UncheckedIOException e) {
                break; // it is gone: what was under way was not acknowledged
            }
            if (number == 20) {
                before.accept(acknowledged);
                killed = Optional.of(CompletableFuture.runAsync(daemon::killHard));
            }
        }
        killed.orElseThrow(() -> new AssertionError(daemon.name() + " went before it was killed"))
                .join();
        return acknowledged;
    }
}
