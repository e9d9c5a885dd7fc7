package dev.weft.node.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.node.db.NodeDatabase;
import dev.weft.node.deliver.SealedStore.Way;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.statement.Sealed;
import dev.weft.proto.v1.SealedAnswer;
import dev.weft.proto.v1.SealedKind;
import dev.weft.proto.v1.SealedMessage;
import dev.weft.proto.v1.SealedState;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sealed messages at the node, against an aggregator that is played by hand. */
@SuppressWarnings("NullAway.Init")
@Timeout(60)
class SealedPostTest {
    private static final Digest ABOUT = Digest.of(new byte[32]);

    @TempDir
    private Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T08:00:00Z"));
    private final BlockingQueue<SealedMessage> sent = new LinkedBlockingQueue<>();
    private final BlockingQueue<Digest> taken = new LinkedBlockingQueue<>();
    private NodeDatabase database;
    private SealedPost post;

    @BeforeEach
    void open() throws Exception {
        database = NodeDatabase.open(directory);
        post = new SealedPost(new MemberName("auditor"), database.writer(), database.readers(), now::get);
    }

    @AfterEach
    void close() throws Exception {
        post.close();
        database.close();
    }

    private void restart() throws Exception {
        close();
        open();
    }

    private void connect() {
        post.connected(new SealedTraffic.Wire() {
            @Override
            public void send(SealedMessage message) {
                sent.add(message);
            }

            @Override
            public void taken(Digest id) {
                taken.add(id);
            }
        });
    }

    private static SealedMessage message(int n) {
        return SealedMessage.newBuilder()
                .setFrom("hospital-a")
                .setTo("auditor")
                .setKind(SealedKind.DISCLOSURE)
                .setAbout(ABOUT.toByteString())
                .setSealed(ByteString.copyFromUtf8(
                        "sealed number %03d".formatted(n).repeat(4)))
                .build();
    }

    private void queue(SealedMessage message) throws Exception {
        var unused = database.write(connection -> {
            SealedStore.queue(connection, message, Objects.requireNonNull(now.get()));
            return true;
        });
        post.wake();
    }

    private SealedMessage next() throws InterruptedException {
        return Objects.requireNonNull(sent.poll(50, TimeUnit.SECONDS), "nothing was sent");
    }

    private void answer(SealedMessage message, SealedState state, String reason, boolean retry) {
        post.answered(SealedAnswer.newBuilder()
                .setId(Sealed.id(message).toByteString())
                .setState(state)
                .setReason(reason)
                .setRetry(retry)
                .build());
    }

    private Way way() {
        return fate().way();
    }

    private Optional<String> reason() {
        return fate().reason();
    }

    private SealedStore.Fate fate() {
        try (Connection connection = database.readers().getConnection()) {
            return SealedStore.fate(connection, "auditor", SealedKind.DISCLOSURE, ABOUT)
                    .orElseThrow();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static SealedMessage outward(int n) {
        return message(n).toBuilder().clearFrom().build();
    }

    @Test
    void queuedMessage_isSentOnEachStreamUntilItsEndIsKnown() throws Exception {
        queue(outward(1));
        assertThat(way()).isEqualTo(Way.HERE);
        connect();
        assertThat(next()).isEqualTo(outward(1));
        answer(outward(1), SealedState.KEPT, "", false);
        Await.until("it is so", () -> way() == Way.WAITING);

        restart();
        connect();
        assertThat(next()).isEqualTo(outward(1));
        answer(outward(1), SealedState.TAKEN, "", false);
        Await.until("it is so", () -> way() == Way.TAKEN);

        restart();
        connect();
        queue(outward(2));
        assertThat(next()).as("the first one is over").isEqualTo(outward(2));
    }

    @Test
    void secondMessage_waitsForTheAnswerToTheFirst() throws Exception {
        queue(outward(1));
        queue(outward(2));
        connect();
        SealedMessage first = next();
        assertThat(sent).isEmpty();
        answer(first, SealedState.TURNED_AWAY, "revoked", false);
        assertThat(next()).isNotEqualTo(first);
    }

    @Test
    void fullAggregator_isTriedAgainLater() throws Exception {
        queue(outward(1));
        connect();
        answer(next(), SealedState.TURNED_AWAY, "busy", true);
        Await.until("it is noted", () -> reason().equals(Optional.of("busy")));
        now.updateAndGet(instant -> instant.plus(Duration.ofMinutes(2)));
        post.wake();
        assertThat(next()).isEqualTo(outward(1));
    }

    @Test
    void messageThatHasToWait_isKeptAndHandedOutAgainAlsoAfterARestart() throws Exception {
        BlockingQueue<SealedMessage> read = new LinkedBlockingQueue<>();
        post.read(SealedKind.DISCLOSURE, (message, came) -> !read.add(message));
        connect();
        post.arrived(message(1));
        assertThat(taken.poll(50, TimeUnit.SECONDS)).isEqualTo(Sealed.id(message(1)));
        assertThat(read.poll(50, TimeUnit.SECONDS)).isEqualTo(message(1));

        restart();
        post.read(SealedKind.DISCLOSURE, (message, came) -> read.add(message));
        post.wake();
        assertThat(read.poll(50, TimeUnit.SECONDS)).isEqualTo(message(1));
        Await.until("it is so", () -> kept().isEmpty());
    }

    private List<SealedStore.Kept> kept() {
        try (Connection connection = database.readers().getConnection()) {
            return SealedStore.kept(connection, "auditor");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void flood_staysWithTheAggregatorOnceTheRoomIsFull() throws Exception {
        post.read(SealedKind.DISCLOSURE, (message, came) -> false);
        connect();
        for (int n = 0; n < 70; n++) {
            post.arrived(message(n));
        }
        Await.until("it is so", () -> taken.size() == 64);
        post.arrived(message(0)); // sent again: it is here
        Await.until("it is so", () -> taken.size() == 65);
        assertThat(kept()).hasSize(64);
    }

    @Test
    void whatNobodyReadsOrIsMalformed_isDropped() throws Exception {
        post.read(SealedKind.DISCLOSURE, (message, came) -> false);
        connect();
        post.arrived(message(1).toBuilder().setKind(SealedKind.LINKKEY).build());
        post.arrived(message(2).toBuilder().clearAbout().build());
        post.arrived(message(3).toBuilder().setTo("somebody-else").build());
        Await.until("it is so", () -> taken.size() == 3);
        assertThat(kept()).isEmpty();
    }
}
