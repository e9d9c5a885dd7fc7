package dev.weft.it.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weft.node.db.NodeDatabase;
import dev.weft.node.deliver.LogMoveStore;
import dev.weft.node.deliver.Outbox;
import dev.weft.node.join.ContinuedLog;
import dev.weft.node.join.Join;
import dev.weft.node.join.NodeIdentity;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.SigningKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node is told that the log goes on under another origin; only root can say so. */
class ContinuedLogStoryTest {
    private static final Optional<SigningKey> ROOT = Optional.empty();

    @TempDir
    private Path home;

    private ListedFederation federation;
    private ContinuedLog continued;

    @BeforeEach
    void join() throws Exception {
        federation = new ListedFederation(Duration.ofDays(30));
        NodeIdentity unused = Join.join(home, federation.invite("hospital-a"), federation.random, federation.clock);
        continued = new ContinuedLog(home);
    }

    @AfterEach
    void close() {
        federation.close();
    }

    private static void refused(Reason reason, ThrowingCallable attempt) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(
                        VerificationException.class,
                        e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    }

    @Test
    void rootsWord_isTakenUp_andOnlyWhatFollowsIt() throws Exception {
        String before = NodeIdentity.load(home).origin();
        ByteString genesis = federation.continuation(5, before, ROOT);

        LogMoveStore.Move move = continued.take(List.of(genesis), 7, Optional.empty());

        assertThat(move.origin()).isEqualTo("demo/log/2");
        assertThat(move.head().size()).isEqualTo(5);
        assertThat(move.firstLost()).isEqualTo(7);
        NodeIdentity after = NodeIdentity.load(home);
        assertThat(after.origin()).isEqualTo("demo/log/2");
        assertThat(after.federation()).isEqualTo(federation.federation());
        refused(Reason.UNKNOWN_LOG, () -> continued.take(List.of(genesis), 7, Optional.empty()));
        refused(
                Reason.UNKNOWN_LOG,
                () -> continued.take(List.of(federation.continuation(6, before, ROOT), genesis), 7, Optional.empty()));
    }

    @Test
    void anybodyElsesWord_orAnotherLogs_isNot() throws Exception {
        String before = NodeIdentity.load(home).origin();
        String identity = Files.readString(home.resolve("identity.json"));
        SigningKey impostor = SigningKey.generate(federation.random);
        ByteString forged = federation.continuation(5, before, Optional.of(impostor));
        refused(Reason.MISSING_SIGNATURE, () -> continued.take(List.of(forged), 0, Optional.empty()));
        ByteString foreign = federation.continuation(5, "demo/log/7", ROOT);
        refused(Reason.UNKNOWN_LOG, () -> continued.take(List.of(foreign), 0, Optional.empty()));
        ByteString tooEarly = federation.continuation(1, before, ROOT);
        refused(Reason.NOT_ENROLLED, () -> continued.take(List.of(tooEarly), 0, Optional.empty()));
        refused(Reason.UNKNOWN_LOG, () -> continued.take(List.of(), 0, Optional.empty()));
        assertThat(Files.readString(home.resolve("identity.json"))).isEqualTo(identity);
    }

    @Test
    void anchorThatFitted_beginsAnewForTheNewLog_andALostOneStaysLost() throws Exception {
        assertThat(stopped()).isEmpty();
        ByteString genesis = federation.continuation(5, NodeIdentity.load(home).origin(), ROOT);
        LogMoveStore.Move unused = continued.take(List.of(genesis), 0, Optional.empty());
        assertThat(stopped()).isEmpty();
        assertThat(Files.readString(home.resolve("node.anchor"))).contains("log demo/log/2");
        assertThat(stopped()).isEmpty();
        Files.delete(home.resolve("node.anchor"));
        assertThat(stopped()).contains(Reason.ANCHOR_MISSING);
    }

    @Test
    void nodeThatMightNotSign_mayNotForTheNewLogEither() throws Exception {
        assertThat(stopped()).isEmpty();
        Files.delete(home.resolve("node.anchor"));
        ByteString genesis = federation.continuation(5, NodeIdentity.load(home).origin(), ROOT);
        LogMoveStore.Move unused = continued.take(List.of(genesis), 0, Optional.empty());
        assertThat(stopped()).contains(Reason.ANCHOR_MISSING);
        assertThat(stopped()).contains(Reason.ANCHOR_MISSING);
    }

    /** Why a start of the node would not sign. */
    private Optional<Reason> stopped() throws Exception {
        NodeIdentity identity = NodeIdentity.load(home);
        try (NodeDatabase database = NodeDatabase.open(home)) {
            return ContinuedLog.anchor(database, identity, new Outbox(identity.opening()), federation.clock.instant())
                    .stopped()
                    .map(stopped -> stopped.reason());
        }
    }
}
