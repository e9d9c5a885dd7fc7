package dev.weft.proto.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.InvitationToken;
import dev.weft.proto.v1.MemberKeys;
import dev.weft.proto.v1.Possession;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.SignedInvitation;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An invitation taken up, and every way of taking it up that is refused. */
class AdmissionTest {

    private static final Digest FEDERATION = Hashing.sha256(new byte[] {1});
    private static final Digest OTHER = Hashing.sha256(new byte[] {2});

    private final SecureRandom random = new SecureRandom();
    private final CertificateAuthority ca =
            CertificateAuthority.create("demo", random, InstantSource.system(), Duration.ofDays(1));
    private final List<SigningKey> root = List.of(SigningKey.generate(random), SigningKey.generate(random));
    private final RootKeys rootKeys =
            new RootKeys(root.stream().map(SigningKey::verifyingKey).toList(), List.of(), 2);
    private final SigningKey statement = SigningKey.generate(random);
    private final SigningKey witness = SigningKey.generate(random);
    private final SigningKey recovery = SigningKey.generate(random);
    private final TlsKey tls = TlsKey.generate(random);
    private final MemberKeys keys = MemberKeys.newBuilder()
            .setStatement(statement.verifyingKey().toProto())
            .setWitness(witness.verifyingKey().toProto())
            .setTls(tls.toProto())
            .setHpke(HpkeKey.generate(random).toProto())
            .setRecovery(recovery.verifyingKey().toProto())
            .build();

    private Invitation.Builder template() {
        return Invitation.newBuilder()
                .setFederation(FEDERATION.toByteString())
                .setFederationName("demo")
                .setMember("hospital-a")
                .setRole(Role.SITE)
                .setOrganisation("Hospital A")
                .setExpires(WireTime.print(Instant.parse("2026-11-28T08:00:00Z")))
                .addAddresses("127.0.0.1:7443");
    }

    private InvitationToken token() {
        return Invitations.issue(template().build(), root, ca.certificate(), random);
    }

    private Admission admission(InvitationToken token, MemberKeys keys) {
        byte[] join = JoinMessage.join(FEDERATION, Invitations.id(token.getSigned()), keys);
        return new Admission(
                token.getSigned(),
                keys,
                SigningKey.fromSeed(token.getOneTimeSeed()).sign(join),
                List.of(prove(statement), prove(witness), proveTls(tls), prove(recovery)));
    }

    private Possession prove(SigningKey key) {
        byte[] message = JoinMessage.possession(
                FEDERATION, new MemberName("hospital-a"), key.verifyingKey().toProto());
        return Possession.newBuilder()
                .setKey(key.verifyingKey().toProto())
                .setSignature(key.sign(message))
                .build();
    }

    private static Possession proveTls(TlsKey key) {
        byte[] message = JoinMessage.possession(FEDERATION, new MemberName("hospital-a"), key.toProto());
        return Possession.newBuilder()
                .setKey(key.toProto())
                .setSignature(key.sign(message))
                .build();
    }

    @Test
    void verify_whole_givesTheInvitation() throws VerificationException {
        Admission admission = admission(token(), keys);
        assertThat(admission.verify(FEDERATION, rootKeys).getMember()).isEqualTo("hospital-a");
        assertThat(Admission.of(admission.toMembership())).isEqualTo(admission);
    }

    @Test
    void verify_otherFederation_refuses() {
        Refused.with(Reason.WRONG_FEDERATION, () -> admission(token(), keys).verify(OTHER, rootKeys));
    }

    /** The operator, who sees the request, puts its own key in the newcomer's place. */
    @Test
    void verify_keySwapped_refuses() {
        Admission whole = admission(token(), keys);
        SigningKey operators = SigningKey.generate(random);
        MemberKeys swapped = keys.toBuilder()
                .setStatement(operators.verifyingKey().toProto())
                .build();
        List<Possession> possessions = new ArrayList<>(whole.possessions());
        possessions.set(0, prove(operators));
        Refused.with(
                Reason.BAD_SIGNATURE,
                () -> new Admission(whole.invitation(), swapped, whole.oneTimeSignature(), possessions)
                        .verify(FEDERATION, rootKeys));
    }

    /** A newcomer enrols somebody else's public key as its own. */
    @Test
    void verify_keyNotPossessed_refuses() {
        SigningKey foreign = SigningKey.generate(random);
        MemberKeys claimed =
                keys.toBuilder().setWitness(foreign.verifyingKey().toProto()).build();
        Admission made = admission(token(), claimed);
        Possession lie = prove(witness).toBuilder()
                .setKey(foreign.verifyingKey().toProto())
                .build();
        List<Possession> possessions = List.of(
                made.possessions().get(0),
                lie,
                made.possessions().get(2),
                made.possessions().get(3));
        Refused.with(
                Reason.BAD_POSSESSION,
                () -> new Admission(made.invitation(), claimed, made.oneTimeSignature(), possessions)
                        .verify(FEDERATION, rootKeys));
    }

    @Test
    void verify_possessionsMissingMoreOrInOtherOrder_refuses() {
        Admission whole = admission(token(), keys);
        List<Possession> reversed = new ArrayList<>(whole.possessions());
        Collections.reverse(reversed);
        List<Possession> more = new ArrayList<>(whole.possessions());
        more.add(prove(statement));
        for (List<Possession> wrong : List.of(whole.possessions().subList(0, 3), reversed, more)) {
            Refused.with(
                    Reason.BAD_POSSESSION,
                    () -> new Admission(whole.invitation(), keys, whole.oneTimeSignature(), wrong)
                            .verify(FEDERATION, rootKeys));
        }
    }

    @Test
    void checkComplete_keyMissingOrTwiceOrWeak_refuses() {
        Refused.with(
                Reason.MISSING_FIELD,
                () -> MemberKeyRules.checkComplete(keys.toBuilder().clearHpke().build()));
        Refused.with(
                Reason.BAD_KEY,
                () -> MemberKeyRules.checkComplete(
                        keys.toBuilder().setWitness(keys.getStatement()).build()));
        Refused.with(
                Reason.BAD_KEY,
                () -> MemberKeyRules.checkComplete(
                        keys.toBuilder().setTls(keys.getStatement()).build()));
        Refused.with(
                Reason.BAD_KEY,
                () -> MemberKeyRules.checkComplete(keys.toBuilder()
                        .setHpke(keys.getHpke().toBuilder().setKey(ByteString.copyFrom(new byte[32])))
                        .build()));
        byte[] offCurve = keys.getTls().getKey().toByteArray();
        offCurve[offCurve.length - 1] ^= 1;
        Refused.with(
                Reason.BAD_KEY,
                () -> MemberKeyRules.checkComplete(keys.toBuilder()
                        .setTls(keys.getTls().toBuilder().setKey(ByteString.copyFrom(offCurve)))
                        .build()));
    }

    @Test
    void verify_belowThresholdForeignOrRepeatedRootSignature_refuses() {
        Invitation invitation = read(token());
        SignedInvitation one = Invitations.sign(invitation, root.subList(0, 1));
        Refused.with(Reason.INVITATION_INVALID, () -> Invitations.verify(one, rootKeys));
        SignedInvitation twice = Invitations.sign(invitation, List.of(root.get(0), root.get(0)));
        Refused.with(Reason.INVITATION_INVALID, () -> Invitations.verify(twice, rootKeys));
        SignedInvitation foreign = Invitations.sign(invitation, List.of(root.get(0), SigningKey.generate(random)));
        Refused.with(Reason.INVITATION_INVALID, () -> Invitations.verify(foreign, rootKeys));
        SignedInvitation changed = Invitations.sign(invitation, root).toBuilder()
                .setInvitation(
                        invitation.toBuilder().setMember("hospital-b").build().toByteString())
                .build();
        Refused.with(Reason.BAD_SIGNATURE, () -> Invitations.verify(changed, rootKeys));
    }

    @Test
    void verify_formBroken_refuses() {
        Invitation good = read(token());
        for (Invitation bad : List.of(
                good.toBuilder().clearRole().build(),
                good.toBuilder().clearNonce().build(),
                good.toBuilder().clearAddresses().build(),
                good.toBuilder().setAddresses(0, "no port").build(),
                good.toBuilder().setMember("root").build(),
                good.toBuilder().setFederation(ByteString.EMPTY).build(),
                good.toBuilder().setOrganisation("x".repeat(201)).build(),
                good.toBuilder().addAllAddresses(Collections.nCopies(8, "a:1")).build())) {
            Refused.with(Reason.INVITATION_INVALID, () -> Invitations.verify(Invitations.sign(bad, root), rootKeys));
        }
    }

    @Test
    void parse_text_givesTheTokenBack() throws VerificationException {
        InvitationToken token = token();
        String text = Invitations.toText(token);
        assertThat(text).startsWith("weft-invitation-v1.");
        assertThat(Invitations.parse(" " + text + "\n")).isEqualTo(token);
    }

    @Test
    void parse_damagedOrMixedText_refuses() {
        String text = Invitations.toText(token());
        InvitationToken other = token();
        for (String bad : List.of(
                "",
                "weft-invitation-v2." + text.substring(19),
                text.substring(0, text.length() - 9),
                text + "!",
                "weft-invitation-v1." + "A".repeat(40_000),
                Invitations.toText(token().toBuilder()
                        .setOneTimeSeed(other.getOneTimeSeed())
                        .build()),
                Invitations.toText(token().toBuilder()
                        .setCaCertificate(ByteString.copyFromUtf8("another"))
                        .build()))) {
            Refused.with(Reason.INVITATION_INVALID, () -> Invitations.parse(bad));
        }
    }

    private static Invitation read(InvitationToken token) {
        try {
            return Invitations.read(token);
        } catch (VerificationException e) {
            throw new AssertionError(e);
        }
    }
}
