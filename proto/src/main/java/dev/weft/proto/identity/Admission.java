package dev.weft.proto.identity;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.JoinRequest;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.MemberKeys;
import dev.weft.proto.v1.Membership;
import dev.weft.proto.v1.Possession;
import dev.weft.proto.v1.SignedInvitation;
import java.util.List;

/**
 * Why somebody is a member: an invitation that root signed, keys that the invited one chose, and the signatures that tie
 * the two together. It stands whole in the membership entry, so that whoever reads the log judges it again; the operator
 * of an aggregator can admit nobody and swap no key.
 *
 * @param invitation as root signed it
 * @param keys all keys of the newcomer
 * @param oneTimeSignature by the invitation's one-time key over {@link JoinMessage#join}
 * @param possessions one per key that can sign, in field order
 */
public record Admission(
        SignedInvitation invitation, MemberKeys keys, ByteString oneTimeSignature, List<Possession> possessions) {

    public Admission {
        possessions = List.copyOf(possessions);
    }

    /** What a newcomer asks for. */
    public static Admission of(JoinRequest request) {
        return new Admission(
                request.getInvitation(),
                request.getKeys(),
                request.getOneTimeSignature(),
                request.getPossessionsList());
    }

    /** What a membership entry says. */
    public static Admission of(Membership membership) {
        return new Admission(
                membership.getInvitation(),
                membership.getKeys(),
                membership.getOneTimeSignature(),
                membership.getPossessionsList());
    }

    /** The membership predicate that says this, without its header. */
    public Membership toMembership() {
        return Membership.newBuilder()
                .setInvitation(invitation)
                .setKeys(keys)
                .setOneTimeSignature(oneTimeSignature)
                .addAllPossessions(possessions)
                .build();
    }

    /**
     * Checks everything that does not depend on a clock or on who is a member already.
     *
     * @param root whose word the invitation must be
     * @return the invitation that root signed
     * @throws VerificationException the first check that fails
     */
    public Invitation verify(Digest federation, RootKeys root) throws VerificationException {
        Invitation signed = Invitations.verify(invitation, root);
        if (!signed.getFederation().equals(federation.toByteString())) {
            throw new VerificationException(
                    Reason.WRONG_FEDERATION,
                    "The invitation is for another federation; ask for one to this federation.");
        }
        MemberKeyRules.checkComplete(keys);
        if (!keys.hasSecond() && (root.needSecond() || signed.getSecond() == KeyAlgorithm.ML_DSA_44)) {
            throw new VerificationException(
                    Reason.SECOND_KEY_MISSING,
                    "The invitation asks for a second key of ML-DSA-44, and the newcomer sent none; send one.");
        }
        byte[] message = JoinMessage.join(federation, Invitations.id(invitation), keys);
        VerifyingKey.of(signed.getOneTimeKey()).verify(message, oneTimeSignature);
        JoinMessage.verifyPossessions(federation, MemberName.parse(signed.getMember()), keys, possessions);
        return signed;
    }
}
