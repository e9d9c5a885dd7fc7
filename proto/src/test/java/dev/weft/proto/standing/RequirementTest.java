package dev.weft.proto.standing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.proto.Reason;
import dev.weft.proto.Refused;
import dev.weft.proto.TestFederation;
import dev.weft.proto.TestFederation.Author;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Continuation;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Head;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.Limits;
import dev.weft.proto.v1.MemberKeys;
import dev.weft.proto.v1.Progress;
import dev.weft.proto.v1.ProgressState;
import dev.weft.proto.v1.PublicKey;
import dev.weft.proto.v1.Resume;
import dev.weft.proto.v1.Revoke;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Rollover;
import dev.weft.proto.v1.Rotate;
import dev.weft.proto.v1.SecondKeys;
import dev.weft.proto.v1.Suspend;
import java.util.List;
import org.junit.jupiter.api.Test;

/** ML-DSA-44 as a required second signature: from which entry on, of whom, and what it does to changes of keys. */
class RequirementTest {
    private static final Progress WORD = Progress.newBuilder()
            .setRound(TestFederation.hash("round"))
            .setState(ProgressState.STARTED)
            .build();

    @Test
    void aGenesisThatRequiresIt_isSignedByBothRootKeys_andSoIsEverythingAfterIt() throws VerificationException {
        TestFederation federation = TestFederation.requiringSecond();
        assertThat(federation.standing().requirement().orElseThrow().index()).isZero();
        Author site = federation.join("hospital-a", Role.SITE);
        site.say(WORD);
        OpenedEnvelope stripped = site.sign(WORD, site.key());
        Refused.with(Reason.SECOND_SIGNATURE_MISSING, () -> federation.append(stripped));
        federation.root().say(revoke("hospital-a"));
        OpenedEnvelope genesis = federation.log().get(0);
        Refused.with(
                Reason.SECOND_SIGNATURE_MISSING,
                () -> Standing.of(EnvelopeOpener.open(EnvelopeSigner.withoutSecond(genesis))));
    }

    @Test
    void aGenesisWhoseSecondKeysDoNotFit_isMalformed() {
        Genesis good = TestFederation.genesis().toBuilder()
                .addRequiredSignatures(KeyAlgorithm.ML_DSA_44)
                .setSecond(TestFederation.secondKeys())
                .build();
        SigningKey root = TestFederation.signingKey("root");
        List<Genesis> bad = List.of(
                good.toBuilder().clearSecond().build(),
                TestFederation.genesis().toBuilder()
                        .setSecond(TestFederation.secondKeys())
                        .build(),
                with(good, good.getSecond().toBuilder().clearRoot()),
                with(good, good.getSecond().toBuilder().addLog(second("another"))),
                with(good, good.getSecond().toBuilder().clearAggregator()),
                with(good, good.getSecond().toBuilder().setLog(0, second("root"))));
        for (Genesis each : bad) {
            assertThatThrownBy(() -> EnvelopeSigner.sign(each, List.of(root, TestFederation.secondKey("root"))))
                    .isInstanceOf(VerificationException.class);
        }
        for (Limits tight : List.of(limits(65_535, 16_383), limits(45_000 + 8_191, 45_000), limits(16_384, 45_000))) {
            Genesis small = good.toBuilder().setLimits(tight).build();
            Refused.with(
                    Reason.BAD_VALUE,
                    () -> EnvelopeSigner.sign(small, List.of(root, TestFederation.secondKey("root"))));
        }
    }

    private static Limits limits(int entry, int payload) {
        return TestFederation.genesis().getLimits().toBuilder()
                .setMaxEntryBytes(entry)
                .setMaxPayloadBytes(payload)
                .build();
    }

    @Test
    void aFederationWhoseEntriesHaveNoRoomForIt_cannotRequireIt_soThatNothingThatWaitsIsEverStuck()
            throws VerificationException {
        for (Limits tight : List.of(limits(65_535, 16_383), limits(20_000, 16_384), limits(16_384, 45_000))) {
            TestFederation federation = TestFederation.limited(tight);
            OpenedEnvelope requirement = federation.requirement();
            Refused.with(Reason.BAD_VALUE, () -> federation.append(requirement));
        }
        TestFederation federation = TestFederation.limited(limits(45_000 + 8_192, 45_000));
        federation.append(federation.requirement());
    }

    @Test
    void itIsRequired_onlyOnceEveryBoundMemberHasASecondKey_andWhoLacksOneIsNamed() throws VerificationException {
        TestFederation federation = new TestFederation();
        Author ready = federation.join("ready", Role.SITE);
        Author late = federation.join("late", Role.SITE);
        federation.join("suspended", Role.SITE);
        federation.join("revoked", Role.SITE);
        ready.enrolSecond();
        federation.aggregator().say(suspend("suspended"));
        federation.root().say(revoke("revoked"));
        OpenedEnvelope early = federation.requirement();
        assertThatThrownBy(() -> federation.append(early))
                .isInstanceOfSatisfying(
                        VerificationException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.SECOND_KEY_MISSING))
                .hasMessageContaining("late")
                .hasMessageNotContaining("suspended");
        assertThat(federation.standing().withoutSecond())
                .extracting(member -> member.name().value())
                .containsExactly("late");
        late.enrolSecond();
        long index = federation.append(early);
        assertThat(federation.standing().requirement().orElseThrow().index()).isEqualTo(index);
        OpenedEnvelope again = federation.requirement();
        Refused.with(Reason.DUPLICATE, () -> federation.append(again));
    }

    @Test
    void theRequirementItself_isSignedByBothRootKeys() throws VerificationException {
        TestFederation federation = new TestFederation();
        OpenedEnvelope whole = federation.requirement();
        OpenedEnvelope byOne = EnvelopeOpener.open(EnvelopeSigner.withoutSecond(whole));
        Refused.with(Reason.SECOND_SIGNATURE_MISSING, () -> federation.append(byOne));
        OpenedEnvelope byAnother =
                EnvelopeOpener.open(EnvelopeSigner.with(byOne, TestFederation.secondKey("somebody")));
        Refused.with(Reason.SECOND_SIGNATURE_MISSING, () -> federation.append(byAnother));
        federation.append(whole);
    }

    @Test
    void aStatementInFlight_gainsTheSecondSignatureAndStaysTheSame() throws VerificationException {
        TestFederation federation = new TestFederation();
        Author site = federation.join("hospital-a", Role.SITE);
        site.enrolSecond();
        OpenedEnvelope tooEarly = site.sign(WORD, site.key(), site.second());
        Refused.with(Reason.UNEXPECTED_SIGNATURE, () -> federation.append(tooEarly));
        OpenedEnvelope inFlight = site.sign(WORD);
        federation.append(federation.requirement());
        Refused.with(Reason.SECOND_SIGNATURE_MISSING, () -> federation.append(inFlight));
        OpenedEnvelope wrong = EnvelopeOpener.open(EnvelopeSigner.with(inFlight, TestFederation.secondKey("thief")));
        Refused.with(Reason.SECOND_SIGNATURE_MISSING, () -> federation.append(wrong));
        OpenedEnvelope both = EnvelopeOpener.open(EnvelopeSigner.with(inFlight, site.second()));
        assertThat(both.statement().id()).isEqualTo(inFlight.statement().id());
        assertThat(EnvelopeSigner.withoutSecond(both)).isEqualTo(inFlight.bytes());
        federation.append(both);
    }

    @Test
    void aNewcomer_enrolsASecondKeyAsItJoins_byAnInvitationThatBothRootKeysSigned() throws VerificationException {
        TestFederation federation = new TestFederation();
        var early = federation.invitation("early", Role.SITE);
        federation.append(federation.requirement());
        Author newcomer = federation.join("newcomer", Role.SITE);
        newcomer.say(WORD);
        var membership = newcomer.membership(federation.invitation("early", Role.SITE)).toBuilder();
        Refused.with(
                Reason.INVITATION_INVALID,
                () -> federation
                        .aggregator()
                        .say(membership.setInvitation(early).build()));
        MemberKeys without = newcomer.keys().toBuilder().clearSecond().build();
        Refused.with(
                Reason.SECOND_KEY_MISSING,
                () -> federation
                        .aggregator()
                        .say(membership
                                .setInvitation(federation.invitation("early", Role.SITE))
                                .setKeys(without)
                                .build()));
    }

    @Test
    void whoWasSuspendedMeanwhile_comesBackWithARotationThatEnrolsItsKey() throws VerificationException {
        TestFederation federation = new TestFederation();
        Author site = federation.join("hospital-a", Role.SITE);
        federation.aggregator().say(suspend("hospital-a"));
        federation.append(federation.requirement());
        federation.aggregator().say(resume("hospital-a"));
        Refused.with(Reason.SECOND_KEY_MISSING, () -> site.say(WORD));
        OpenedEnvelope byStatementKeyAlone = site.sign(site.enrolment(), site.key());
        Refused.with(Reason.SECOND_SIGNATURE_MISSING, () -> federation.append(byStatementKeyAlone));
        site.enrolSecond();
        site.say(WORD);
    }

    @Test
    void rotationAndRollover_underIt() throws VerificationException {
        TestFederation federation = TestFederation.requiringSecond();
        Author site = federation.join("hospital-a", Role.SITE);
        MlDsaSigningKey next = TestFederation.secondKey("next");
        PublicKey shown = next.verifyingKey().toProto();
        Key rotation = Key.newBuilder()
                .setRotate(Rotate.newBuilder()
                        .setKeys(MemberKeys.newBuilder().setSecond(shown))
                        .addPossessions(site.prove(shown, next)))
                .build();
        OpenedEnvelope withoutOld = site.sign(rotation, site.key(), next);
        Refused.with(Reason.SECOND_SIGNATURE_MISSING, () -> federation.append(withoutOld));
        federation.append(site.sign(rotation, site.key(), site.second(), next));
        OpenedEnvelope byOld = site.sign(WORD, site.key(), site.second());
        Refused.with(Reason.SECOND_SIGNATURE_MISSING, () -> federation.append(byOld));
        federation.append(site.sign(WORD, site.key(), next));

        Header header = site.header();
        Header opening = header.toBuilder()
                .setIncarnation(header.getIncarnation() + 1)
                .clearSeq()
                .build();
        SigningKey recovery = site.recovery();
        site.renewKeys();
        Rollover whole = Rollover.newBuilder()
                .setKeys(site.keys()) // its first second key, which is not the one in force
                .addAllPossessions(site.possessions())
                .setOldIncarnation(header.getIncarnation())
                .setLastSeq(header.getSeq() - 1)
                .setLastStatement(header.getPrev())
                .setLoss("The disk was lost.")
                .build();
        OpenedEnvelope byRecoveryAlone =
                site.sign(opening, Key.newBuilder().setRollover(whole).build(), recovery);
        Refused.with(Reason.SECOND_SIGNATURE_MISSING, () -> federation.append(byRecoveryAlone));
        federation.append(site.sign(opening, Key.newBuilder().setRollover(whole).build(), recovery, site.second()));
        site.say(WORD);
    }

    @Test
    void aContinuation_keepsWhatIsRequired_andRootsSecondKeys() throws VerificationException {
        TestFederation federation = new TestFederation();
        federation.append(federation.requirement());
        Standing standing = federation.standing();
        Genesis good = continuation(federation);
        SecondKeys keys = good.getSecond();
        assertRefused(
                standing,
                good.toBuilder()
                        .clearSecond()
                        .clearRequiredSignatures()
                        .addRequiredSignatures(KeyAlgorithm.ED25519)
                        .build());
        assertRefused(standing, with(good, keys.toBuilder().setRoot(0, second("impostor"))));
        assertRefused(standing, with(good, keys.toBuilder().setLog(0, second("log"))));
        OpenedEnvelope opened = open(good);
        OpenedEnvelope byOne = EnvelopeOpener.open(EnvelopeSigner.withoutSecond(opened));
        Refused.with(Reason.SECOND_SIGNATURE_MISSING, () -> byOne.verify(standing.requiredKeys(byOne)));
        opened.verify(standing.requiredKeys(opened));
        standing.apply(federation.log().size(), opened);
        assertThat(standing.requirement().orElseThrow().index()).isEqualTo(1);
        assertThat(standing.requirement().orElseThrow().log())
                .containsExactly(TestFederation.secondKey("second log").verifyingKey());
        assertThat(standing.author(MemberName.ROOT).nextSeq()).isEqualTo(2);
    }

    @Test
    void whatRootRequiredLater_isNotAskedOfAnEarlierEntry() throws VerificationException {
        TestFederation federation = new TestFederation();
        federation.join("hospital-a", Role.SITE);
        OpenedEnvelope earlier = federation.root().say(revoke("hospital-a"));
        long index = federation.append(federation.requirement());
        Standing standing = federation.standing();
        earlier.verify(standing.asOf(index - 1).requiredKeys(earlier));
        Refused.with(
                Reason.SECOND_SIGNATURE_MISSING,
                () -> earlier.verify(standing.asOf(index).requiredKeys(earlier)));
    }

    private static void assertRefused(Standing standing, Genesis continuation) {
        assertThatThrownBy(() -> {
                    OpenedEnvelope opened = open(continuation);
                    opened.verify(standing.requiredKeys(opened));
                })
                .isInstanceOf(VerificationException.class);
    }

    private static OpenedEnvelope open(Genesis genesis) throws VerificationException {
        return EnvelopeOpener.open(EnvelopeSigner.sign(
                        genesis, List.of(TestFederation.signingKey("root"), TestFederation.secondKey("root")))
                .bytes());
    }

    private static Genesis continuation(TestFederation federation) {
        return TestFederation.genesis().toBuilder()
                .setHeader(TestFederation.genesis().getHeader().toBuilder().setAudience("demo/log/2"))
                .setLogOrigin("demo/log/2")
                .setLogKeys(
                        0,
                        TestFederation.signingKey("second log").verifyingKey().toProto())
                .addRequiredSignatures(KeyAlgorithm.ML_DSA_44)
                .setSecond(TestFederation.secondKeys().toBuilder().setLog(0, second("second log")))
                .setContinues(Continuation.newBuilder()
                        .setFederation(federation.federation().toByteString())
                        .setOrigin(federation.standing().origin())
                        .setHead(Head.newBuilder()
                                .setSize(federation.log().size())
                                .setRoot(TestFederation.hash("root"))))
                .build();
    }

    private static Genesis with(Genesis genesis, SecondKeys.Builder keys) {
        return genesis.toBuilder().setSecond(keys).build();
    }

    private static PublicKey second(String name) {
        return TestFederation.secondKey(name).verifyingKey().toProto();
    }

    private static Key suspend(String member) {
        return Key.newBuilder()
                .setSuspend(Suspend.newBuilder().setMember(member))
                .build();
    }

    private static Key resume(String member) {
        return Key.newBuilder().setResume(Resume.newBuilder().setMember(member)).build();
    }

    private static Key revoke(String member) {
        return Key.newBuilder().setRevoke(Revoke.newBuilder().setMember(member)).build();
    }
}
