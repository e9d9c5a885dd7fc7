package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Daemon;
import dev.weft.it.federation.Distribution;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.Route;
import dev.weft.it.federation.Seat;
import dev.weft.it.federation.SiteNode;
import dev.weft.proto.VerificationException;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.v1.Header;
import java.io.IOException;
import java.nio.file.Files;
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
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * kill -9 at random moments under load, to the aggregator, to nodes, to all at once. How often, and which moments, say the
 * properties {@code faults.kills} and {@code faults.seed}.
 */
@Tag("kills")
class CrashRecoveryIT {
    private static final int MOST_MILLIS = 700;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final int kills = Integer.getInteger("faults.kills", 5);
    private final long seed = Long.getLong("faults.seed", System.nanoTime());

    private Federation federation;
    private SiteNode coordinator;
    private SiteNode hospital;

    @BeforeEach
    void found() throws IOException {
        federation = Federation.create(PlayedStudy.directory("killed"), "killed", Distribution.find(), Route.DIRECT);
        List<SiteNode> nodes = federation.admit(List.of(Seat.coordinator("coordinator"), Seat.site("hospital-a")));
        coordinator = nodes.get(0);
        hospital = nodes.get(1);
        Path policy = federation.dir().resolve("witnesses.policy");
        Files.writeString(policy, federation.aggregatorCommand("policy", "suggest"));
        federation.aggregatorCommand("policy", "set", policy.toString());
    }

    @AfterEach
    void close() {
        federation.close();
    }

    @Test
    void killedAtRandomMoments_nothingAcknowledgedIsLost_andNothingSignedIsContradicted(TestReporter reporter)
            throws Exception {
        reporter.publishEntry("faults.seed", Long.toString(seed));
        EveryCheckpoint checkpoints = new EveryCheckpoint(federation);
        WorkUnderKills work = WorkUnderKills.begin(coordinator, hospital);
        try (work) {
            Random random = new Random(seed);
            for (int turn = 0; turn < kills; turn++) {
                List<Daemon> victims = victims(random);
                LockSupport.parkNanos(
                        Duration.ofMillis(random.nextInt(MOST_MILLIS)).toNanos());
                victims.forEach(Daemon::killHard);
                checkpoints.collect();
                victims.forEach(Daemon::start);
            }
        }
        assertThat(work.records()).as("seed " + seed).isNotEmpty();
        assertThat(work.statements()).as("seed " + seed).isNotEmpty();
        everythingIsThere(work);
        everybodyAgrees(checkpoints);
    }

    private List<Daemon> victims(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> List.of(coordinator.daemon());
            case 1 -> List.of(hospital.daemon());
            case 2 -> List.of(federation.aggregator());
            default -> List.of(federation.aggregator(), coordinator.daemon());
        };
    }

    private void everythingIsThere(WorkUnderKills work) {
        List<String> recorded = new ArrayList<>();
        for (JsonObject record : hospital.client().records()) {
            if (record.has("externalId")) {
                recorded.add(record.get("externalId").getAsString());
            }
        }
        assertThat(recorded).as("seed " + seed).doesNotHaveDuplicates().containsAll(work.records());
        Await.until(
                "everything stated is durable, seed " + seed,
                LIMIT,
                () -> coordinator.client().status().get("pending").getAsLong() == 0);
        List<String> durable = coordinator.client().statements("durable").stream()
                .map(statement -> statement.get("statement").getAsString())
                .toList();
        assertThat(durable).as("seed " + seed).containsAll(work.statements());
        String last = SmallFederation.register(coordinator.client()).statement();
        Await.until("and final", LIMIT, () -> isFinal(last));
    }

    private boolean isFinal(String statement) {
        JsonObject told = coordinator.client().statement(statement);
        return told.has("final") && told.get("final").getAsBoolean();
    }

    private void everybodyAgrees(EveryCheckpoint checkpoints) throws SQLException, VerificationException {
        for (SiteNode node : federation.nodes()) {
            assertThat(node.client().status().getAsJsonArray("securityEvents"))
                    .as("seed " + seed)
                    .isEmpty();
        }
        checkpoints.collect();
        federation.close();
        checkpoints.collect();
        List<ByteString> entries = entries();
        assertThat(checkpoints.compare(entries)).as("seed " + seed).isGreaterThan(kills);
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
