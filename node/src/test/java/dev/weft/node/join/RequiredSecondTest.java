package dev.weft.node.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.node.deliver.SharedHead;
import dev.weft.node.witness.SharedHistory;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Note;
import dev.weft.proto.standing.FoundingEntry;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.v1.CheckpointUpdate;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.StatedRequirement;
import dev.weft.proto.v1.Welcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An aggregator that tells, invents, or keeps to itself that root requires second signatures. */
class RequiredSecondTest {
    private static final Welcome NOTHING = Welcome.getDefaultInstance();

    @TempDir
    private Path directory;

    private final SharedHistory log = new SharedHistory();
    private final Believing head = new Believing();

    RequiredSecondTest() throws VerificationException {}

    /** Follows whatever note comes: that it is of one log is judged elsewhere. */
    private static final class Believing implements SharedHead {
        private TreeHead held = TreeHead.EMPTY;

        @Override
        public TreeHead held() {
            return held;
        }

        @Override
        public TreeHead accept(CheckpointUpdate update) throws VerificationException {
            held = Checkpoint.parse(Note.parse(update.getNote()).text()).head();
            return held;
        }

        @Override
        public boolean forked() {
            return false;
        }
    }

    @BeforeEach
    void join() throws Exception {
        SecureRandom random = new SecureRandom();
        Digest unused = log.admit("hospital-a", Role.SITE, SigningKey.generate(random), HpkeKey.generate(random));
        Enrolled enrolled = new Enrolled(
                EnvelopeOpener.open(log.genesis()),
                EnvelopeOpener.open(log.entries(1, 1).get(0)),
                1,
                log.stated(0, 0).getCheckpoint().getNote(),
                List.of("127.0.0.1:7443"),
                List.of(),
                Optional.empty());
        Files.writeString(directory.resolve("identity.json"), enrolled.toJson());
    }

    private boolean told(Welcome welcome) throws Exception {
        return new RequiredSecond(directory).take(welcome, head);
    }

    private static Welcome telling(StatedRequirement requirement) {
        return Welcome.newBuilder().setRequirement(requirement).build();
    }

    private Optional<FoundingEntry> known() throws Exception {
        return Enrolled.fromJson(Files.readString(directory.resolve("identity.json")))
                .required();
    }

    private static void refused(Reason reason, ThrowingCallable telling) {
        assertThatThrownBy(telling)
                .isInstanceOfSatisfying(
                        VerificationException.class,
                        refused -> assertThat(refused.reason())
                                .as(refused.getMessage())
                                .isEqualTo(reason));
    }

    @Test
    void aRequirementThatTheLogHolds_isTakenUpOnce_andNeverTakenBack() throws Exception {
        assertThat(told(NOTHING)).isFalse();
        long index = log.require();
        Welcome telling = telling(log.stated(index, 0));
        assertThat(told(telling)).isTrue();
        assertThat(known())
                .contains(new FoundingEntry(index, log.entries(index, 1).get(0)));
        assertThat(told(telling)).isFalse();
        refused(Reason.PROTOCOL, () -> told(NOTHING));
    }

    @Test
    void aRequirementThatTheLogDoesNotHold_isNotTakenUp() throws Exception {
        SharedHistory elsewhere = log.fork();
        StatedRequirement real = elsewhere.stated(elsewhere.require(), 0);
        StatedRequirement before = log.stated(1, 0);
        // Root signed it, and it stands in no checkpoint of the log that this node is shown.
        refused(
                Reason.PROTOCOL,
                () -> told(telling(
                        real.toBuilder().setCheckpoint(before.getCheckpoint()).build())));
        StatedRequirement proof = elsewhere.stated(1, 0);
        refused(
                Reason.BAD_INCLUSION_PROOF,
                () -> told(telling(real.toBuilder()
                        .clearInclusion()
                        .addAllInclusion(proof.getInclusionList())
                        .build())));
        refused(
                Reason.SECOND_SIGNATURE_MISSING,
                () -> told(telling(real.toBuilder()
                        .setEntry(EnvelopeSigner.withoutSecond(EnvelopeOpener.open(real.getEntry())))
                        .build())));
        refused(Reason.PROTOCOL, () -> told(telling(before)));
        assertThat(known()).isEmpty();
    }

    @Test
    void aRequirementThatTheAggregatorKeepsToItself_isTakenFromTheCopy_andItsSilenceIsFound() throws Exception {
        long index = log.require();
        FoundingEntry held = new FoundingEntry(index, log.entries(index, 1).get(0));
        assertThat(told(NOTHING)).as("a node without a copy cannot know").isFalse();
        assertThat(new RequiredSecond(directory).takeFromCopy(held)).isTrue();
        assertThat(new RequiredSecond(directory).takeFromCopy(held)).isFalse();
        assertThat(known()).contains(held);
        refused(Reason.PROTOCOL, () -> told(NOTHING));
        refused(
                Reason.PROTOCOL,
                () -> new RequiredSecond(directory).takeFromCopy(new FoundingEntry(index + 1, held.envelope())));
    }
}
