package dev.weft.proto.identity;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.MemberKeys;
import dev.weft.proto.v1.Possession;
import dev.weft.proto.v1.PublicKey;
import dev.weft.proto.v1.RenewRequest;
import java.util.List;

/**
 * The byte layouts that a newcomer and a renewing member sign. Integers are little-endian.
 *
 * <ul>
 *   <li>join: {@code "weft/join/v1" 0x00 federation[32] invitation[32]}, then for each key of MemberKeys in field order
 *       {@code algorithm u8, u32(len) key}, both 0 where the key is left out
 *   <li>possession: {@code "weft/possession/v1" 0x00 federation[32] u32(len) member, algorithm u8, u32(len) key}
 *   <li>renew: {@code "weft/renew/v1" 0x00 federation[32] u32(len) member, u32(len) csr, requested_at}
 * </ul>
 */
public final class JoinMessage {

    private JoinMessage() {}

    /** What the invitation's one-time key signs: that these keys, all of them, take up this invitation. */
    public static byte[] join(Digest federation, Digest invitation, MemberKeys keys) {
        SigningBytes bytes = new SigningBytes("weft/join/v1")
                .fixed(federation.toByteString())
                .fixed(invitation.toByteString());
        for (PublicKey key : List.of(
                keys.getStatement(),
                keys.getWitness(),
                keys.getTls(),
                keys.getHpke(),
                keys.getRecovery(),
                keys.getSecond())) {
            bytes.u8(key.getAlgorithmValue()).sized(key.getKey());
        }
        return bytes.toByteArray();
    }

    /** What a key signs to show that its holder enrols it under this name: nobody can enrol another's key as its own. */
    public static byte[] possession(Digest federation, MemberName member, PublicKey key) {
        return new SigningBytes("weft/possession/v1")
                .fixed(federation.toByteString())
                .sized(member.value())
                .u8(key.getAlgorithmValue())
                .sized(key.getKey())
                .toByteArray();
    }

    /** What the statement key signs to renew a certificate; {@code signature} itself is left out. */
    public static byte[] renew(RenewRequest request) {
        return new SigningBytes("weft/renew/v1")
                .fixed(request.getFederation())
                .sized(request.getMember())
                .sized(request.getCertificateRequest())
                .fixed(request.getRequestedAtBytes())
                .toByteArray();
    }

    /**
     * Checks that each key that can sign is proved, in field order, and nothing else is. X25519 keys cannot sign; see
     * {@link HpkeKey}.
     *
     * @param keys all keys of a newcomer, or the changed ones of a rotation
     * @throws VerificationException {@link Reason#BAD_POSSESSION}
     */
    public static void verifyPossessions(
            Digest federation, MemberName member, MemberKeys keys, List<Possession> possessions)
            throws VerificationException {
        List<PublicKey> signing = MemberKeyRules.signing(keys);
        if (!signing.equals(possessions.stream().map(Possession::getKey).toList())) {
            throw new VerificationException(
                    Reason.BAD_POSSESSION,
                    "The possessions do not name each signing key once, in field order; prove exactly the keys sent.");
        }
        for (Possession possession : possessions) {
            PublicKey key = possession.getKey();
            try {
                verify(key, possession(federation, member, key), possession.getSignature());
            } catch (VerificationException e) {
                throw new VerificationException(
                        Reason.BAD_POSSESSION,
                        "The possession of the " + key.getAlgorithm() + " key " + KeyId.of(key)
                                + " is not proved; sign the possession message with that key.");
            }
        }
    }

    private static void verify(PublicKey key, byte[] message, ByteString signature) throws VerificationException {
        switch (key.getAlgorithm()) {
            case ED25519 -> VerifyingKey.of(key).verify(message, signature);
            case ECDSA_P256 -> P256.verify(key.getKey(), message, signature);
            case ML_DSA_44 -> MlDsaKey.of(key).verify(message, signature);
            default ->
                throw new VerificationException(
                        Reason.UNKNOWN_ALGORITHM, "A key of " + key.getAlgorithm() + " cannot sign; send another.");
        }
    }
}
