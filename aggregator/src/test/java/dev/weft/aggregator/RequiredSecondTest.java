package dev.weft.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.accept.AdminActions;
import dev.weft.aggregator.recover.EntrySource;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Note;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.statement.SignedEnvelope;
import dev.weft.proto.v1.StatedRequirement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ML-DSA-44 required while the federation runs: what was on its way, what is public, what a crash leaves. */
class RequiredSecondTest {
    @TempDir
    private Path folder;

    private Lab lab;
    private Site anna;

    @BeforeEach
    void found() throws Exception {
        lab = new Lab(folder.resolve("federation"));
        anna = lab.join("anna");
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private Standing standing() {
        return lab.federation().appender().standing();
    }

    private ByteString note() {
        return lab.federation().appender().published().current().note();
    }

    private int lines() throws VerificationException {
        Checkpoint unused = Checkpoint.open(note(), standing().logVerifiers());
        return Note.parse(note()).signatures().size();
    }

    private long append(ByteString envelope) throws Exception {
        return lab.federation()
                .appender()
                .submit(EnvelopeOpener.open(envelope), List.of(), List.of())
                .get(30, TimeUnit.SECONDS)
                .index();
    }

    private static void refused(Reason reason, ThrowingCallable check) {
        assertThatThrownBy(check)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        VerificationException.class,
                        refused -> assertThat(refused.reason())
                                .as(refused.getMessage())
                                .isEqualTo(reason));
    }

    @Test
    void aMemberWithoutAKey_holdsItUp_andAStatementOnItsWayGainsTheSecondSignature() throws Exception {
        Site bert = lab.join("bert");
        lab.append(anna.enrolment());
        refused(Reason.SECOND_KEY_MISSING, lab::requireSecond);
        lab.append(bert.enrolment());
        SignedEnvelope before = anna.next();
        long early = lab.append(before);
        SignedEnvelope inFlight = anna.next();
        assertThat(lines()).isEqualTo(1);

        long index = lab.requireSecond();

        assertThat(standing().requirement().orElseThrow().index()).isEqualTo(index);
        assertThat(lines()).isEqualTo(2);
        refused(Reason.SECOND_SIGNATURE_MISSING, () -> lab.append(inFlight));
        assertThat(append(anna.doubled(inFlight))).isEqualTo(index + 1);
        assertThat(append(anna.doubled(before)))
                .as("the same statement once more")
                .isEqualTo(early);
        bert.signWithBoth();
        SignedEnvelope whole = bert.next();
        OpenedEnvelope stripped = EnvelopeOpener.open(EnvelopeSigner.withoutSecond(EnvelopeOpener.open(whole.bytes())));
        refused(Reason.SECOND_SIGNATURE_MISSING, () -> append(stripped.bytes()));
        lab.append(whole);
        lab.join("carla").next();
        assertThat(lines()).isEqualTo(2);
    }

    @Test
    void aCheckpointOfTwoLines_isAcceptedByWhoKnowsEd25519Alone_andStrippedOneByNobodyElse() throws Exception {
        lab.append(anna.enrolment());
        lab.requireSecond();
        NoteVerifier plain =
                NoteVerifier.ed25519(standing().origin(), standing().logKeys().get(0));
        assertThat(Checkpoint.open(note(), plain).head())
                .isEqualTo(lab.federation().appender().published().current().head());
        Note whole = Note.parse(note());
        ByteString stripped = new Note(whole.text(), whole.signatures().subList(0, 1)).encode();
        assertThatThrownBy(() -> Checkpoint.open(stripped, standing().logVerifiers()))
                .isInstanceOfSatisfying(
                        VerificationException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.SECOND_SIGNATURE_MISSING));
    }

    @Test
    void whatTheOperatorSays_carriesBothSignatures_alsoAfterARestart() throws Exception {
        lab.append(anna.enrolment());
        lab.requireSecond();
        lab.restart();
        assertThat(lines()).isEqualTo(2);
        long suspended = new AdminActions(lab.federation().appender())
                .suspend(anna.name())
                .get(30, TimeUnit.SECONDS)
                .index();
        OpenedEnvelope entry = EnvelopeOpener.open(lab.federation().readers().entry(suspended));
        assertThat(entry.envelope().getSignaturesCount()).isEqualTo(2);
        lab.revoke("anna");
    }

    @Test
    void aCrashBetweenTheCommitOfTheRequirementAndItsCheckpoint_leavesALogThatSignsTwice() throws Exception {
        lab.append(anna.enrolment());
        Path anchor = lab.directory().resolve("aggregator.anchor");
        byte[] before = Files.readAllBytes(anchor);
        lab.requireSecond();
        lab.stop();
        Files.write(anchor, before); // as if it had never come to step 3
        lab.restart();
        assertThat(lab.federation().unpublished()).isEqualTo(1);
        assertThat(lines()).isEqualTo(2);
    }

    @Test
    void withoutItsSecondKeys_theAggregatorTakesNoRequirement_andDoesNotStart() throws Exception {
        lab.append(anna.enrolment());
        Path elsewhere = folder.resolve("elsewhere");
        Files.createDirectories(elsewhere.resolve("keys"));
        SecondKeyFiles.Made others = SecondKeyFiles.make(elsewhere, elsewhere.resolve("root.key"), new SecureRandom());
        refused(Reason.BAD_KEY, () -> lab.requireSecond(others));
        assertThat(standing().requirement()).isEmpty();
        lab.requireSecond();
        lab.stop();
        Path key = lab.directory().resolve("keys/log-second.key");
        Files.move(key, key.resolveSibling("gone"));
        assertThatThrownBy(lab::restart)
                .isInstanceOfSatisfying(
                        VerificationException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.BAD_KEY));
        Files.move(key.resolveSibling("gone"), key);
        lab.restart();
    }

    @Test
    void aStreamThatDoesNotKnowIt_isEnded_andTheNextWelcomeProvesIt() throws Exception {
        lab.append(anna.enrolment());
        lab.lookAfterStreams();
        TestStream old = lab.connect(anna).hello(standing());
        assertThat(old.welcome().hasRequirement()).isFalse();
        long index = lab.requireSecond();
        assertThat(old.goodbye().getReason()).isEqualTo(Reason.SECOND_SIGNATURE_MISSING.code());
        assertThat(old.goodbye().getRetryAfterSeconds()).isPositive();

        StatedRequirement stated = lab.connect(anna).hello(standing()).welcome().getRequirement();
        assertThat(stated.getIndex()).isEqualTo(index);
        Checkpoint checkpoint =
                Checkpoint.open(stated.getCheckpoint().getNote(), standing().logVerifiers());
        InclusionProof.parse(index, stated.getSize(), stated.getInclusionList())
                .verify(MerkleMath.leafHash(stated.getEntry()), checkpoint.head());
    }

    @Test
    void aLogThatGoesOn_keepsTheRequirement() throws Exception {
        lab.append(anna.enrolment());
        long index = lab.requireSecond();
        anna.signWithBoth();
        lab.append(anna.next());
        ByteString last = note();
        lab.stop();
        Files.delete(lab.directory().resolve("aggregator.anchor"));
        Continuation continuation = new Continuation(Lab.config(lab.directory()), new SecureRandom(), Lab.CLOCK);
        Continuation.Continued done = continuation.run(new Continuation.Given(
                List.<EntrySource>of(), List.of(last), List.of(lab.directory().resolve(KeyFiles.ROOT))));
        assertThat(done.origin()).isEqualTo("demo/log/2");
        lab.restart();
        assertThat(standing().requirement().orElseThrow().index()).isEqualTo(index);
        assertThat(lines()).isEqualTo(2);
        anna.moveTo("demo/log/2");
        SignedEnvelope first = anna.next();
        refused(
                Reason.SECOND_SIGNATURE_MISSING,
                () -> append(EnvelopeSigner.withoutSecond(EnvelopeOpener.open(first.bytes()))));
        lab.append(first);
    }

    @Test
    void aFederationFoundedWithIt_signsTwiceFromEntryZeroOn() throws Exception {
        Path home = folder.resolve("strict");
        new Founding(new SecureRandom(), Lab.CLOCK).found(home, "strict", Map.of(), true);
        try (OpenFederation strict = OpenFederation.open(Lab.config(home), new SecureRandom(), Lab.CLOCK)) {
            ByteString note = strict.appender().published().current().note();
            assertThat(Note.parse(note).signatures()).hasSize(2);
            assertThat(Checkpoint.open(note, strict.appender().standing().logVerifiers())
                            .head()
                            .size())
                    .isEqualTo(1);
            assertThat(home.resolve("root-second.key")).exists();
        }
    }
}
