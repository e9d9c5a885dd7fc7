package dev.weft.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.accept.AdminActions;
import dev.weft.aggregator.db.OpeningStore;
import dev.weft.proto.Reason;
import dev.weft.proto.digest.Commitment;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.digest.Salt;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.statement.SignedEnvelope;
import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.CommittedField;
import dev.weft.proto.v1.Evaluation;
import dev.weft.proto.v1.Opening;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fills, openings beside an entry, and what the operator may do. */
@SuppressWarnings("NullAway.Init")
final class StorageTest {
    @TempDir
    private Path folder;

    private Lab lab;
    private Site site;
    private TestStream stream;

    @BeforeEach
    void open() throws Exception {
        lab = new Lab(folder.resolve("a"));
        site = lab.join("hospital-a");
        stream = greet(site);
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private TestStream greet(Site who) {
        return lab.connect(who).hello(lab.federation().appender().standing());
    }

    private void pages(String limit) throws Exception {
        try (Statement statement = lab.federation().database().writer().createStatement()) {
            statement.execute("PRAGMA max_page_count = " + limit);
        }
    }

    @Test
    void fullDisk_refusesWithNothingHalfWrittenAndGoesOnWhenThereIsRoom() throws Exception {
        assertThat(stream.welcome().getExpectedSeq()).isZero();
        pages("1"); // SQLite takes the present size where that is larger
        int sent = 0;
        SignedEnvelope refused = site.next();
        stream.send(refused);
        while (isAppended(sent)) {
            sent++;
            refused = site.next();
            stream.send(refused);
        }
        assertThat(stream.refusal(0).getReason()).isEqualTo(Reason.DISK_FULL.code());
        assertThat(stream.refusal(0).getRetry()).isTrue();
        assertThat(stream.refusal(0).getExpectedSeq()).isEqualTo(sent);
        assertThat(lab.federation().readers().size()).isEqualTo(2 + sent);
        assertThat(lab.federation().appender().trouble())
                .hasValueSatisfying(why -> assertThat(why).startsWith("disk-full: "));
        pages("1000000");
        stream.send(refused);
        assertThat(stream.index(sent)).isEqualTo(2 + sent);
        assertThat(lab.federation().appender().trouble()).isEmpty();
        lab.federation().appender().close();
        assertThat(lab.federation().appender().trouble())
                .hasValueSatisfying(why -> assertThat(why).startsWith("shutdown: "));
    }

    @Test
    void roomAfterAFullDisk_isNoticedWithoutAStatement() throws Exception {
        assertThat(stream.welcome().getExpectedSeq()).isZero();
        pages("1");
        int sent = 0;
        stream.send(site.next());
        while (isAppended(sent)) {
            sent++;
            stream.send(site.next());
        }
        assertThat(lab.federation().appender().trouble()).isPresent();

        pages("1000000");

        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            while (lab.federation().appender().trouble().isPresent()) {
                Thread.onSpinWait();
            }
        });
        assertThat(lab.federation().readers().size()).as("nothing was appended").isEqualTo(2 + sent);
    }

    /** Waits for the answer to a statement. */
    private boolean isAppended(int seq) {
        return stream.isAppended(seq);
    }

    private static Opening opening(String value) {
        Salt salt = Salt.random(new SecureRandom());
        FieldValue field = FieldValue.of(value);
        return Opening.newBuilder()
                .setCommitment(Commitment.commit(salt, "metric.accuracy", field).toByteString())
                .setName("metric.accuracy")
                .setSalt(salt.toByteString())
                .setValue(ByteString.copyFrom(field.canonicalBytes()))
                .build();
    }

    private SignedEnvelope evaluation(Opening opening) {
        return site.next(Evaluation.newBuilder()
                .setRound(Hashing.sha256(new byte[] {1}).toByteString())
                .setModel(ArtifactRef.newBuilder()
                        .setKind(ArtifactKind.MODEL)
                        .setDigest("sha256:" + Hashing.sha256(new byte[] {2}).hex()))
                .addSummaries(
                        CommittedField.newBuilder().setName(opening.getName()).setCommitment(opening.getCommitment()))
                .build());
    }

    @Test
    void opening_isKeptBesideItsEntryAndCanBeErased() throws Exception {
        Opening opening = opening("0.97");
        stream.send(0, evaluation(opening).bytes(), List.of(opening));
        assertThat(stream.index(0)).isEqualTo(2);
        try (Connection reader = lab.federation().database().readers().getConnection()) {
            assertThat(OpeningStore.find(reader, Founding.FEDERATION, 2)).containsExactly(opening);
        }
    }

    @Test
    void openingWithAnotherValue_isRefused() {
        Opening opening = opening("0.97");
        Opening other = opening.toBuilder().setValue(opening("0.99").getValue()).build();
        stream.send(0, evaluation(opening).bytes(), List.of(other));
        assertThat(stream.refusal(0).getReason()).isEqualTo(Reason.BAD_COMMITMENT.code());
    }

    @Test
    void openingOfNoCommitmentInTheStatement_isRefused() {
        stream.send(0, site.next().bytes(), List.of(opening("0.97")));
        assertThat(stream.refusal(0).getReason()).isEqualTo(Reason.BAD_COMMITMENT.code());
    }

    @Test
    void suspendedMember_isRefusedUntilResumed() throws Exception {
        AdminActions actions = new AdminActions(lab.federation().appender());
        assertThat(actions.suspend(new MemberName("hospital-a")).get().index()).isEqualTo(2);
        SignedEnvelope waiting = site.next();
        stream.send(waiting);
        assertThat(stream.refusal(0).getReason()).isEqualTo(Reason.SUSPENDED.code());
        assertThat(stream.refusal(0).getRetry()).isTrue();
        assertThat(actions.resume(new MemberName("hospital-a")).get().index()).isEqualTo(3);
        stream.send(waiting);
        assertThat(stream.index(0)).isEqualTo(4);
    }

    @Test
    void memberThatIsNone_cannotBeSuspended() {
        AdminActions actions = new AdminActions(lab.federation().appender());
        assertThatThrownBy(() -> actions.suspend(new MemberName("nobody")).get())
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("nobody");
    }

    @Test
    void statementOfAMember_doesNotPassAsRoots() {
        AdminActions actions = new AdminActions(lab.federation().appender());
        assertThatThrownBy(() -> actions.statement(site.next().bytes())).hasMessageContaining("root");
    }

    @Test
    void nameThatIsTaken_isRefused() {
        assertThatThrownBy(() -> lab.join("hospital-a")).hasMessageContaining("hospital-a");
    }
}
