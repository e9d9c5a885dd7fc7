package dev.weft.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.standing.Member;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.SignedEnvelope;
import dev.weft.proto.v1.Header;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.ExecutionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody holds a member's current keys. What was appended stands; the offline recovery key takes the name back. */
@SuppressWarnings("NullAway.Init")
final class ThiefTest {
    @TempDir
    private Path folder;

    private final SecureRandom random = new SecureRandom();
    private Lab lab;
    private Site owner;

    @BeforeEach
    void open() throws Exception {
        lab = new Lab(folder.resolve("a"));
        owner = lab.join("hospital-a");
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private long append(SignedEnvelope statement) throws Exception {
        return lab.append(statement);
    }

    private void refused(Reason reason, SignedEnvelope statement) {
        ThrowingCallable attempt = () -> append(statement);
        assertThatThrownBy(attempt)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        VerificationException.class,
                        e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    }

    private Member member() {
        return lab.federation()
                .appender()
                .standing()
                .member(new MemberName("hospital-a"))
                .orElseThrow();
    }

    private Site heir() {
        return new Site(
                lab.federation().federation().id(),
                lab.federation().federation().origin(),
                new MemberName("hospital-a"),
                random);
    }

    @Test
    void thiefWhoRotatesToItsOwnKey_losesItToTheRecoveryKey_andWhatItSaidStands() throws Exception {
        Header taken = owner.header();
        SigningKey stolen = SigningKey.generate(random);
        long rotation = append(owner.rotation(stolen));
        SignedEnvelope said = Site.sign(
                Site.progress("by the thief"),
                taken.toBuilder()
                        .setSeq(1)
                        .setPrev(EnvelopeOpener.open(lab.federation().readers().entry(rotation))
                                .statement()
                                .id()
                                .toByteString())
                        .build(),
                stolen);
        long spoken = append(said);
        refused(Reason.EQUIVOCATION, owner.next()); // the owner finds its seq taken, and both keys are in quarantine
        Header next = taken.toBuilder()
                .setSeq(2)
                .setPrev(said.statement().id().toByteString())
                .build();
        refused(Reason.QUARANTINED, Site.sign(Site.progress("more"), next, stolen));

        Site heir = heir();
        SignedEnvelope rollover = owner.rollover(heir);
        long index = append(rollover);

        assertThat(append(rollover)).as("said again").isEqualTo(index);
        assertThat(member().incarnation()).isEqualTo(1);
        assertThat(member().maySpeak()).isTrue();
        refused(Reason.WRONG_INCARNATION, Site.sign(Site.progress("still"), next, stolen));
        Header forged = heir.header();
        refused(Reason.MISSING_SIGNATURE, Site.sign(Site.progress("forged"), forged, stolen));
        assertThat(append(heir.next())).isEqualTo(index + 1);
        assertThat(EnvelopeOpener.open(lab.federation().readers().entry(spoken))
                        .statement()
                        .id())
                .isEqualTo(said.statement().id());
        lab.restart();
        assertThat(member().incarnation()).isEqualTo(1);
        assertThat(append(heir.next())).isEqualTo(index + 2);
    }

    @Test
    void secondRolloverOfOneIncarnation_isEquivocation() throws Exception {
        Site heir = heir();
        append(owner.rollover(heir));
        refused(Reason.EQUIVOCATION, owner.rollover(heir()));
        lab.join("hospital-b"); // the evidence is stated before it
        assertThat(member().maySpeak()).isFalse();
        append(heir.rollover(heir()));
        assertThat(member().maySpeak()).isTrue();
        assertThat(member().incarnation()).isEqualTo(2);
    }

    @Test
    void rootsRevocation_endsTheNameForGood_theRecoveryKeyToo() throws Exception {
        append(owner.next());
        lab.revoke("hospital-a");
        refused(Reason.REVOKED, owner.next());
        refused(Reason.REVOKED, owner.rollover(heir()));
    }
}
