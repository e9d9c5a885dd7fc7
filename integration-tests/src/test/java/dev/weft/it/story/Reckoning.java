package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.SiteNode;
import dev.weft.proto.VerificationException;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.v1.Header;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** After whatever happened: is all there that was acknowledged, and does nobody hold two different things? Ends the daemons. */
final class Reckoning {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Federation federation;
    private final String about;
    private final SiteNode coordinator;
    private final SiteNode hospital;

    Reckoning(Federation federation, String about) {
        this.federation = federation;
        this.about = about;
        this.coordinator = federation.node("coordinator");
        this.hospital = federation.node("hospital-a");
    }

    /**
     * Looks at everything.
     *
     * @param sizes more of them were seen
     */
    void settle(WorkUnderKills work, EveryCheckpoint checkpoints, int sizes)
            throws SQLException, VerificationException {
        assertThat(work.records()).as(about).isNotEmpty();
        assertThat(work.statements()).as(about).isNotEmpty();
        everythingIsThere(work);
        everybodyAgrees(checkpoints, sizes);
    }

    private void everythingIsThere(WorkUnderKills work) {
        List<String> recorded = new ArrayList<>();
        for (JsonObject record : hospital.client().records()) {
            if (record.has("externalId")) {
                recorded.add(record.get("externalId").getAsString());
            }
        }
        assertThat(recorded).as(about).doesNotHaveDuplicates().containsAll(work.records());
        Await.until(
                "everything stated is durable, " + about,
                LIMIT,
                () -> coordinator.client().status().get("pending").getAsLong() == 0);
        List<String> durable = coordinator.client().statements("durable").stream()
                .map(statement -> statement.get("statement").getAsString())
                .toList();
        assertThat(durable).as(about).containsAll(work.statements());
        String last = SmallFederation.register(coordinator.client()).statement();
        Await.until("and final", LIMIT, () -> isFinal(last));
    }

    private boolean isFinal(String statement) {
        JsonObject told = coordinator.client().statement(statement);
        return told.has("final") && told.get("final").getAsBoolean();
    }

    private void everybodyAgrees(EveryCheckpoint checkpoints, int sizes) throws SQLException, VerificationException {
        for (SiteNode node : federation.nodes()) {
            assertThat(node.client().status().getAsJsonArray("securityEvents"))
                    .as(about)
                    .isEmpty();
        }
        checkpoints.collect();
        federation.close();
        checkpoints.collect();
        List<ByteString> entries = entries();
        assertThat(checkpoints.compare(entries)).as(about).isGreaterThan(sizes);
        assertThat(checkpoints.cosigners()).containsExactlyInAnyOrder("coordinator", "hospital-a");
        contiguous(entries);
        for (SiteNode node : federation.nodes()) {
            receipts(node, entries);
        }
        assertThat(federation.aggregatorCommand("rebuild")).contains("equal, byte for byte");
    }

    private static void contiguous(List<ByteString> entries) throws VerificationException {
        Map<String, Long> next = new HashMap<>();
        for (ByteString entry : entries) {
            Header header = EnvelopeOpener.open(entry).statement().header();
            assertThat(header.getSeq())
                    .as(header.getAuthor())
                    .isEqualTo(next.merge(header.getAuthor(), 1L, Long::sum) - 1);
        }
    }

    /** What the log's file holds, not what anybody says of it. */
    private List<ByteString> entries() throws SQLException {
        List<ByteString> entries = new ArrayList<>();
        try (Connection connection = open(federation.aggregator().dir().resolve("aggregator.db"));
                PreparedStatement select = connection.prepareStatement("SELECT entry FROM log_entry ORDER BY idx");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                entries.add(ByteString.copyFrom(row.getBytes(1)));
            }
        }
        return entries;
    }

    /** Each receipt that a node keeps is for what the log has there. */
    private static void receipts(SiteNode node, List<ByteString> entries) throws SQLException {
        try (Connection connection = open(node.dir().resolve("node.db"));
                PreparedStatement select = connection.prepareStatement(
                        "SELECT log_index, envelope FROM receipt JOIN outbox USING (incarnation, seq)");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                assertThat(entries.get(row.getInt(1))).isEqualTo(ByteString.copyFrom(row.getBytes(2)));
            }
        }
    }

    private static Connection open(Path file) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }
}
