package dev.weft.proto.identity;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.MemberKeys;
import dev.weft.proto.v1.PublicKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.math.ec.rfc7748.X25519;

/** What the keys of a membership must be: each of its own algorithm and form, and no key for two purposes. */
public final class MemberKeyRules {
    /** A membership or a rollover must fit into a statement with its second key and the possession of that. */
    public static final int LEAST_PAYLOAD_WITH_SECOND = 16_384;

    /**
     * Bytes that an entry must have beside the largest payload, so that no statement is too large once it gains second
     * signatures: more than the four of a rotation.
     */
    public static final int SIGNATURES_WITH_SECOND = 8_192;

    private MemberKeyRules() {}

    /**
     * Passes the keys of a newcomer or of a rollover: all but {@code second} are there.
     *
     * @throws VerificationException {@link Reason#MISSING_FIELD} or {@link Reason#BAD_KEY}
     */
    public static void checkComplete(MemberKeys keys) throws VerificationException {
        boolean complete =
                keys.hasStatement() && keys.hasWitness() && keys.hasTls() && keys.hasHpke() && keys.hasRecovery();
        if (!complete) {
            throw new VerificationException(
                    Reason.MISSING_FIELD,
                    "A membership needs all of the keys statement, witness, tls, hpke and recovery; send each.");
        }
        checkGiven(keys);
    }

    /**
     * Passes the keys that are there, as in a rotation, which names only those that change.
     *
     * @throws VerificationException {@link Reason#BAD_KEY}
     */
    public static void checkGiven(MemberKeys keys) throws VerificationException {
        if (keys.hasStatement()) {
            VerifyingKey.of(keys.getStatement());
        }
        if (keys.hasWitness()) {
            VerifyingKey.of(keys.getWitness());
        }
        if (keys.hasTls()) {
            require(keys.getTls(), KeyAlgorithm.ECDSA_P256, "tls");
            P256.check(keys.getTls().getKey());
        }
        if (keys.hasHpke()) {
            checkHpke(keys.getHpke());
        }
        if (keys.hasRecovery()) {
            VerifyingKey.of(keys.getRecovery());
        }
        if (keys.hasSecond()) {
            MlDsaKey.of(keys.getSecond());
        }
        checkDistinct(keys);
    }

    /** The keys that can sign, and so are proved by a possession each, in field order. */
    static List<PublicKey> signing(MemberKeys keys) {
        List<PublicKey> signing = new ArrayList<>();
        if (keys.hasStatement()) {
            signing.add(keys.getStatement());
        }
        if (keys.hasWitness()) {
            signing.add(keys.getWitness());
        }
        if (keys.hasTls()) {
            signing.add(keys.getTls());
        }
        if (keys.hasRecovery()) {
            signing.add(keys.getRecovery());
        }
        if (keys.hasSecond()) {
            signing.add(keys.getSecond());
        }
        return signing;
    }

    /** A point of small order would make every shared secret known: the all-zero result (RFC 7748 section 6.1). */
    private static void checkHpke(PublicKey key) throws VerificationException {
        require(key, KeyAlgorithm.X25519, "hpke");
        requireSize(key, X25519.POINT_SIZE, "hpke");
        byte[] scalar = new byte[X25519.SCALAR_SIZE];
        scalar[0] = 8;
        byte[] shared = new byte[X25519.POINT_SIZE];
        if (!X25519.calculateAgreement(scalar, 0, key.getKey().toByteArray(), 0, shared, 0)) {
            throw new VerificationException(
                    Reason.BAD_KEY, "The hpke key is a point of small order; make a new key pair.");
        }
    }

    private static void checkDistinct(MemberKeys keys) throws VerificationException {
        List<PublicKey> all = signing(keys);
        Set<ByteString> distinct = new HashSet<>();
        for (PublicKey key : all) {
            distinct.add(key.getKey());
        }
        if (distinct.size() != all.size()) {
            throw new VerificationException(
                    Reason.BAD_KEY, "One key stands for two purposes; make a key pair for each purpose.");
        }
    }

    private static void require(PublicKey key, KeyAlgorithm algorithm, String purpose) throws VerificationException {
        if (key.getAlgorithm() != algorithm) {
            throw new VerificationException(
                    Reason.BAD_KEY,
                    "The " + purpose + " key is " + key.getAlgorithm() + "; it must be " + algorithm + ".");
        }
    }

    private static void requireSize(PublicKey key, int size, String purpose) throws VerificationException {
        if (key.getKey().size() != size) {
            throw new VerificationException(
                    Reason.BAD_KEY,
                    "The " + purpose + " key has " + key.getKey().size() + " bytes; " + size + " are needed.");
        }
    }
}
