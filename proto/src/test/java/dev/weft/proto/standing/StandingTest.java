package dev.weft.proto.standing;

import static dev.weft.proto.TestFederation.hash;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.weft.proto.Reason;
import dev.weft.proto.Refused;
import dev.weft.proto.TestFederation;
import dev.weft.proto.TestFederation.Author;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Continuation;
import dev.weft.proto.v1.Evidence;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Head;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.MemberKeys;
import dev.weft.proto.v1.Membership;
import dev.weft.proto.v1.Policy;
import dev.weft.proto.v1.Possession;
import dev.weft.proto.v1.Progress;
import dev.weft.proto.v1.ProgressState;
import dev.weft.proto.v1.Resume;
import dev.weft.proto.v1.Revoke;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Rollover;
import dev.weft.proto.v1.Rotate;
import dev.weft.proto.v1.Suspend;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who may speak, told as stories. */
class StandingTest {
    private static final Message WORD = Progress.newBuilder()
            .setRound(hash("round"))
            .setState(ProgressState.STARTED)
            .build();

    private final TestFederation federation = new TestFederation();
    private final Standing standing = federation.standing();

    StandingTest() throws VerificationException {}

    @Test
    void genesis_isTheFederation() {
        assertThat(standing.federation())
                .isEqualTo(federation.log().get(0).statement().id());
        assertThat(standing.name()).isEqualTo("demo");
        assertThat(standing.origin()).isEqualTo("demo/log/1");
        assertThat(standing.logKeys()).hasSize(1);
        assertThat(standing.members()).isEmpty();
    }

    @Test
    void aGenesisNotSignedByAllItsRoots_isNone() throws VerificationException {
        Genesis two = TestFederation.genesis().toBuilder()
                .addRootKeys(TestFederation.signingKey("root 2").verifyingKey().toProto())
                .build();
        OpenedEnvelope half = EnvelopeOpener.open(
                EnvelopeSigner.sign(two, List.of(federation.root().key())).bytes());
        Refused.with(Reason.MISSING_SIGNATURE, () -> Standing.of(half));
    }

    @Test
    void anEntryThatIsNoGenesis_beginsNothing() throws VerificationException {
        Author site = federation.join("hospital-a", Role.SITE);
        OpenedEnvelope word = site.sign(WORD);
        Refused.with(Reason.WRONG_FEDERATION, () -> Standing.of(word));
    }

    @Test
    void aNewcomer_speaksFromItsMembershipOn() throws VerificationException {
        Author site = federation.join("hospital-a", Role.SITE);
        Member member = standing.member(site.name()).orElseThrow();
        assertThat(member.role()).isEqualTo(Role.SITE);
        assertThat(member.membershipIndex()).isEqualTo(1);
        assertThat(member.maySpeak()).isTrue();
        OpenedEnvelope first = site.say(WORD);
        assertThat(first.statement().header().getPrev())
                .isEqualTo(federation.log().get(1).statement().id().toByteString());
        assertThat(standing.author(site.name()).nextSeq()).isEqualTo(1);
    }

    @Test
    void aStranger_isUnknown() throws VerificationException {
        Author site = federation.join("hospital-a", Role.SITE);
        Header stranger = site.header().toBuilder().setAuthor("mallory").build();
        OpenedEnvelope word = site.sign(stranger, WORD);
        Refused.with(Reason.UNKNOWN_AUTHOR, () -> standing.requiredKeys(word));
        Refused.with(Reason.UNKNOWN_AUTHOR, () -> standing.author(new MemberName("mallory")));
    }

    @Test
    void anotherMembersKey_doesNotSignForOne() throws VerificationException {
        Author site = federation.join("hospital-a", Role.SITE);
        Author mallory = federation.join("mallory", Role.SITE);
        OpenedEnvelope forged = site.sign(WORD, mallory.key());
        Refused.with(Reason.MISSING_SIGNATURE, () -> federation.append(forged));
    }

    @Test
    void aNameOrAnInvitation_isUsedOnce() throws VerificationException {
        Author site = federation.join("hospital-a", Role.SITE);
        Membership again = site.membership(federation.invitation("hospital-a", Role.SITE));
        Refused.with(Reason.INVITATION_USED, () -> federation.aggregator().say(again));
        Membership other = site.membership(federation.invitation("hospital-a", Role.COORDINATOR));
        Refused.with(Reason.MEMBER_EXISTS, () -> federation.aggregator().say(other));
    }

    @Test
    void theOperatorAlone_admitsNobodyAndSwapsNoKey() throws VerificationException {
        Author site = federation.join("hospital-a", Role.SITE);
        Membership good = site.membership(federation.invitation("hospital-b", Role.SITE));
        Author aggregator = federation.aggregator();
        // Possessions made for another name; then keys that the one-time key did not sign for; then no invitation.
        Refused.with(Reason.BAD_POSSESSION, () -> aggregator.say(good));
        Membership swapped = good.toBuilder()
                .setKeys(good.getKeys().toBuilder()
                        .setStatement(aggregator.key().verifyingKey().toProto()))
                .build();
        Refused.with(Reason.BAD_SIGNATURE, () -> aggregator.say(swapped));
        Membership uninvited = good.toBuilder()
                .setInvitation(good.getInvitation().toBuilder()
                        .setSignatures(
                                0,
                                good.getInvitation().getSignatures(0).toBuilder()
                                        .setSignature(aggregator.key().sign(new byte[] {1}))))
                .build();
        Refused.with(Reason.BAD_SIGNATURE, () -> aggregator.say(uninvited));
    }

    @Test
    void aRevokedMember_saysNothingMore_andItsEarlierWordsStand() throws VerificationException {
        Author site = federation.join("hospital-a", Role.SITE);
        site.say(WORD);
        OpenedEnvelope late = site.sign(WORD);
        federation
                .root()
                .say(Key.newBuilder()
                        .setRevoke(Revoke.newBuilder().setMember("hospital-a").setSuspectFrom(2))
                        .build());
        Refused.with(Reason.REVOKED, () -> federation.append(late));
        Member member = standing.member(site.name()).orElseThrow();
        assertThat(member.revokedAt()).hasValue(3);
        assertThat(member.suspectFrom()).isEqualTo(2);
        Key rollover = rollover(site);
        Refused.with(
                Reason.REVOKED, () -> federation.append(site.sign(rolloverHeader(site), rollover, site.recovery())));
    }

    @Test
    void aSuspendedMember_waitsUntilItIsResumed() throws VerificationException {
        Author site = federation.join("hospital-a", Role.SITE);
        OpenedEnvelope word = site.sign(WORD);
        federation.aggregator().say(suspend("hospital-a"));
        Refused.with(Reason.SUSPENDED, () -> federation.append(word));
        federation
                .aggregator()
                .say(Key.newBuilder()
                        .setResume(Resume.newBuilder().setMember("hospital-a"))
                        .build());
        assertThat(federation.append(word)).isEqualTo(4);
    }

    @Test
    void aQuarantinedKey_signsNotEvenItsRotation_andOnlyARolloverEndsIt() throws VerificationException {
        Author site = federation.join("hospital-a", Role.SITE);
        OpenedEnvelope first = site.say(WORD);
        federation.aggregator().say(evidence(first));
        assertThat(standing.member(site.name()).orElseThrow().quarantinedAt()).hasValue(3);
        Refused.with(Reason.QUARANTINED, () -> site.say(WORD));
        SigningKey old = site.key();
        Header header = site.header();
        site.renewStatementKey();
        OpenedEnvelope rotation = site.sign(header, rotation(site), old, site.key());
        Refused.with(Reason.QUARANTINED, () -> federation.append(rotation));

        SigningKey recovery = site.recovery();
        Header rollover = rolloverHeader(site);
        site.renewKeys();
        assertThat(federation.append(site.sign(rollover, rollover(site), recovery)))
                .isEqualTo(4);
        Member after = standing.member(site.name()).orElseThrow();
        assertThat(after.quarantinedAt()).isEmpty();
        assertThat(after.incarnation()).isEqualTo(1);
        OpenedEnvelope word = site.say(WORD);
        assertThat(word.statement().header().getSeq()).isEqualTo(1);
        assertThat(word.statement().header().getIncarnation()).isEqualTo(1);
    }

    @Test
    void afterARollover_theOldKeysAreWorthNothing() throws VerificationException {
        Author site = federation.join("hospital-a", Role.SITE);
        SigningKey old = site.key();
        SigningKey recovery = site.recovery();
        Header header = rolloverHeader(site);
        OpenedEnvelope leftOver = site.sign(WORD);
        site.renewKeys();
        federation.append(site.sign(header, rollover(site), recovery));
        Refused.with(Reason.WRONG_INCARNATION, () -> federation.append(leftOver));
        OpenedEnvelope byOldKey = site.sign(WORD, old);
        Refused.with(Reason.MISSING_SIGNATURE, () -> federation.append(byOldKey));
    }

    @Test
    void aRollover_isSignedByTheRecoveryKeyAlone_andReplacesEveryKey() throws VerificationException {
        Author site = federation.join("hospital-a", Role.SITE);
        Header header = rolloverHeader(site);
        OpenedEnvelope sameKeys = site.sign(header, rollover(site), site.recovery());
        Refused.with(Reason.BAD_KEY, () -> federation.append(sameKeys));
        SigningKey old = site.key();
        SigningKey recovery = site.recovery();
        site.renewKeys();
        OpenedEnvelope byStatementKey = site.sign(header, rollover(site), old);
        Refused.with(Reason.MISSING_SIGNATURE, () -> federation.append(byStatementKey));
        OpenedEnvelope byBoth = site.sign(header, rollover(site), old, recovery);
        Refused.with(Reason.UNEXPECTED_SIGNATURE, () -> federation.append(byBoth));
    }

    @Test
    void aRotation_isSignedByOldAndNewKey_andTheNewOneHoldsFromThenOn() throws VerificationException {
        Author site = federation.join("hospital-a", Role.SITE);
        SigningKey old = site.key();
        Header header = site.header();
        site.renewStatementKey();
        Key rotation = rotation(site);
        OpenedEnvelope byNewAlone = site.sign(header, rotation, site.key());
        Refused.with(Reason.MISSING_SIGNATURE, () -> federation.append(byNewAlone));
        OpenedEnvelope byOldAlone = site.sign(header, rotation, old);
        Refused.with(Reason.MISSING_SIGNATURE, () -> federation.append(byOldAlone));
        federation.append(site.sign(header, rotation, old, site.key()));
        OpenedEnvelope byOld = site.sign(WORD, old);
        Refused.with(Reason.MISSING_SIGNATURE, () -> federation.append(byOld));
        site.say(WORD);
        assertThat(standing.member(site.name()).orElseThrow().keys().getRecovery())
                .isEqualTo(site.recovery().verifyingKey().toProto());
    }

    @Test
    void aRotationToAKeyThatIsNotProved_isRefused() throws VerificationException {
        Author site = federation.join("hospital-a", Role.SITE);
        Header header = site.header();
        SigningKey old = site.key();
        site.renewStatementKey();
        Key unproved = Key.newBuilder()
                .setRotate(rotation(site).getRotate().toBuilder().clearPossessions())
                .build();
        OpenedEnvelope opened = site.sign(header, unproved, old, site.key());
        Refused.with(Reason.BAD_POSSESSION, () -> federation.append(opened));
    }

    @Test
    void aSecondKey_isEnrolledByARotation_thatItProvesItself() throws VerificationException {
        Author site = federation.join("hospital-a", Role.SITE);
        MlDsaSigningKey second = secondKey("second");
        Key byAnother = enrolment(second, site.prove(second.verifyingKey().toProto(), secondKey("another")));
        Refused.with(Reason.BAD_POSSESSION, () -> site.say(byAnother));
        Key enrolment = enrolment(second, site.prove(second.verifyingKey().toProto(), second));
        Refused.with(Reason.SECOND_SIGNATURE_MISSING, () -> site.say(enrolment));
        federation.append(site.sign(enrolment, site.key(), second));
        assertThat(standing.member(site.name()).orElseThrow().keys().getSecond())
                .isEqualTo(second.verifyingKey().toProto());
        site.say(WORD);
    }

    @Test
    void aRollover_replacesTheSecondKeyToo() throws VerificationException {
        Author site = federation.join("hospital-a", Role.SITE);
        MlDsaSigningKey second = secondKey("second");
        Possession proof = site.prove(second.verifyingKey().toProto(), second);
        federation.append(site.sign(enrolment(second, proof), site.key(), second));
        Header header = rolloverHeader(site);
        SigningKey recovery = site.recovery();
        site.renewKeys();
        OpenedEnvelope without = site.sign(header, rollover(site), recovery);
        Refused.with(Reason.MISSING_FIELD, () -> federation.append(without));
        OpenedEnvelope same = site.sign(header, rollover(site, second, proof), recovery);
        Refused.with(Reason.BAD_KEY, () -> federation.append(same));
        MlDsaSigningKey next = secondKey("next");
        Possession nextProof = site.prove(next.verifyingKey().toProto(), next);
        OpenedEnvelope byRecoveryAlone = site.sign(header, rollover(site, next, nextProof), recovery);
        Refused.with(Reason.SECOND_SIGNATURE_MISSING, () -> federation.append(byRecoveryAlone));
        federation.append(site.sign(header, rollover(site, next, nextProof), recovery, next));
        assertThat(standing.member(site.name()).orElseThrow().keys().getSecond())
                .isEqualTo(next.verifyingKey().toProto());
    }

    @Test
    void whoIsNoMember_canBeNeitherSuspendedNorRevokedNorAccused() throws VerificationException {
        Author site = federation.join("hospital-a", Role.SITE);
        OpenedEnvelope word = site.say(WORD);
        Refused.with(Reason.UNKNOWN_AUTHOR, () -> federation.aggregator().say(suspend("nobody")));
        Evidence evidence = evidence(word).toBuilder().setMember("nobody").build();
        Refused.with(Reason.UNKNOWN_AUTHOR, () -> federation.aggregator().say(evidence));
        Key revoke = Key.newBuilder()
                .setRevoke(Revoke.newBuilder().setMember("nobody"))
                .build();
        Refused.with(Reason.UNKNOWN_AUTHOR, () -> federation.root().say(revoke));
    }

    @Test
    void rootSigns_byItsThreshold() throws VerificationException {
        OpenedEnvelope byAggregator = federation
                .root()
                .sign(Policy.getDefaultInstance(), federation.aggregator().key());
        Refused.with(Reason.MISSING_SIGNATURE, () -> federation.append(byAggregator));
        federation.root().say(Policy.getDefaultInstance());
        assertThat(standing.policy()).isPresent();
    }

    @Test
    void aCopy_isAsItWas() throws VerificationException {
        Author site = federation.join("hospital-a", Role.SITE);
        Standing before = standing.copy();
        site.say(WORD);
        Author other = federation.join("hospital-b", Role.AUDITOR);
        assertThat(before.members()).hasSize(1);
        assertThat(before.author(site.name()).nextSeq()).isZero();
        assertThat(standing.members()).hasSize(2);
        assertThat(standing.member(other.name()).orElseThrow().role()).isEqualTo(Role.AUDITOR);
    }

    @Test
    void foldingTheLogAgain_givesTheSame_andSoDoesARestoreFromTheStatementsAboutMembers() throws VerificationException {
        Author site = federation.join("hospital-a", Role.SITE);
        site.say(WORD);
        OpenedEnvelope last = site.say(WORD);
        Standing again = Standing.of(federation.log().get(0));
        Standing restored = Standing.of(federation.log().get(0));
        for (int i = 1; i < federation.log().size(); i++) {
            OpenedEnvelope entry = federation.log().get(i);
            List<?> keys = again.requiredKeys(entry);
            assertThat(keys).hasSize(1);
            again.apply(i, entry);
            if (entry.statement().author().isReserved()) {
                restored.apply(i, entry);
            }
        }
        restored.restore(site.name(), new AuthorState(0, 2, last.statement().id(), TreeHead.EMPTY));
        for (Standing other : List.of(again, restored)) {
            assertThat(other.members()).isEqualTo(standing.members());
            assertThat(other.author(site.name())).isEqualTo(standing.author(site.name()));
            assertThat(other.author(MemberName.AGGREGATOR)).isEqualTo(standing.author(MemberName.AGGREGATOR));
        }
    }

    private static Key suspend(String member) {
        return Key.newBuilder()
                .setSuspend(Suspend.newBuilder().setMember(member))
                .build();
    }

    private static Evidence evidence(OpenedEnvelope first) {
        return Evidence.newBuilder()
                .setMember(first.statement().author().value())
                .setFirstIndex(2)
                .setFirst(first.statement().id().toByteString())
                .setSecond(hash("second"))
                .setSecondEnvelopeDigest(hash("second envelope"))
                .build();
    }

    private static Key rotation(Author site) {
        return Key.newBuilder()
                .setRotate(Rotate.newBuilder()
                        .setKeys(MemberKeys.newBuilder()
                                .setStatement(site.key().verifyingKey().toProto()))
                        .addPossessions(site.prove(site.key())))
                .build();
    }

    private static MlDsaSigningKey secondKey(String seed) {
        return MlDsaSigningKey.fromSeed(hash(seed));
    }

    private static Key enrolment(MlDsaSigningKey second, Possession possession) {
        return Key.newBuilder()
                .setRotate(Rotate.newBuilder()
                        .setKeys(MemberKeys.newBuilder()
                                .setSecond(second.verifyingKey().toProto()))
                        .addPossessions(possession))
                .build();
    }

    private Key rollover(Author site, MlDsaSigningKey second, Possession possession) throws VerificationException {
        Key without = rollover(site);
        Rollover.Builder with = without.getRollover().toBuilder().addPossessions(possession);
        with.getKeysBuilder().setSecond(second.verifyingKey().toProto());
        return without.toBuilder().setRollover(with).build();
    }

    private Header rolloverHeader(Author site) throws VerificationException {
        Header next = site.header();
        return next.toBuilder()
                .setIncarnation(next.getIncarnation() + 1)
                .clearSeq()
                .build();
    }

    private Key rollover(Author site) throws VerificationException {
        AuthorState state = standing.author(site.name());
        return Key.newBuilder()
                .setRollover(Rollover.newBuilder()
                        .setKeys(site.keys())
                        .addAllPossessions(site.possessions())
                        .setOldIncarnation(state.incarnation())
                        .setLastSeq(Math.max(0, state.nextSeq() - 1))
                        .setLastStatement(state.prev().toByteString())
                        .setLoss("The disk was lost."))
                .build();
    }

    private Genesis continuation(long index) {
        return TestFederation.genesis().toBuilder()
                .setHeader(Header.newBuilder()
                        .setAudience("demo/log/2")
                        .setAuthor("root")
                        .setRecordedAt("2026-11-21T08:00:00.000Z"))
                .setLogOrigin("demo/log/2")
                .clearLogKeys()
                .addLogKeys(
                        TestFederation.signingKey("second log").verifyingKey().toProto())
                .setContinues(Continuation.newBuilder()
                        .setFederation(federation.federation().toByteString())
                        .setOrigin(federation.standing().origin())
                        .setHead(Head.newBuilder().setSize(index).setRoot(TestFederation.hash("root"))))
                .build();
    }

    private void append(Genesis continuing, SigningKey by) throws VerificationException {
        OpenedEnvelope opened =
                EnvelopeOpener.open(EnvelopeSigner.sign(continuing, List.of(by)).bytes());
        opened.verify(standing.requiredKeys(opened));
        standing.apply(federation.log().size(), opened);
    }

    @Test
    void aContinuedLog_hasAnotherNameAndKey_andTheSameFederationMembersAndSeqs() throws VerificationException {
        Author site = federation.join("hospital-a", Role.SITE);
        site.say(WORD);
        Digest before = standing.federation();
        AuthorState root = standing.author(MemberName.ROOT);
        AuthorState member = standing.author(site.name());

        append(continuation(federation.log().size()), TestFederation.signingKey("root"));

        assertThat(standing.federation()).isEqualTo(before);
        assertThat(standing.origin()).isEqualTo("demo/log/2");
        assertThat(standing.logKeys())
                .containsExactly(TestFederation.signingKey("second log").verifyingKey());
        assertThat(standing.author(MemberName.ROOT)).isEqualTo(root);
        assertThat(standing.author(site.name())).isEqualTo(member);
        assertThat(standing.continuations()).hasSize(1);
    }

    @Test
    void aContinuation_isRefusedByAnotherKey_ofAnotherLog_orAtAnotherPlace() throws VerificationException {
        Author site = federation.join("hospital-a", Role.SITE);
        SigningKey root = TestFederation.signingKey("root");
        Genesis good = continuation(federation.log().size());
        Refused.with(Reason.MISSING_SIGNATURE, () -> append(good, site.key()));
        Refused.with(Reason.LOG_CORRUPT, () -> append(continuation(1), root));
        Refused.with(
                Reason.UNKNOWN_LOG,
                () -> append(
                        good.toBuilder()
                                .setContinues(good.getContinues().toBuilder().setOrigin("demo/log/7"))
                                .build(),
                        root));
        Refused.with(
                Reason.WRONG_FEDERATION,
                () -> append(
                        good.toBuilder()
                                .setContinues(
                                        good.getContinues().toBuilder().setFederation(TestFederation.hash("another")))
                                .build(),
                        root));
        Refused.with(
                Reason.BAD_KEY,
                () -> append(
                        good.toBuilder()
                                .clearLogKeys()
                                .addLogKeys(TestFederation.signingKey("log")
                                        .verifyingKey()
                                        .toProto())
                                .build(),
                        root));
        Refused.with(
                Reason.DUPLICATE, () -> append(good.toBuilder().clearContinues().build(), root));
    }
}
