package dev.weft.proto.identity;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * What no Ed25519 library checks the same way as the next (RFC 8032 leaves it open): the form of keys and of R.
 * docs/protocol.md, signatures.
 */
final class StrictRule {

    static final int KEY_SIZE = Ed25519.PUBLIC_KEY_SIZE;
    static final int SIGNATURE_SIZE = Ed25519.SIGNATURE_SIZE;

    /** The point (0, 1), whose discrete logarithm everybody knows. */
    private static final byte[] IDENTITY = identity();

    private StrictRule() {}

    /** Passes a key that is canonical, in the prime-order subgroup and not the identity. */
    static void checkKey(ByteString key) throws VerificationException {
        if (key.size() != KEY_SIZE) {
            throw new VerificationException(
                    Reason.BAD_KEY, "An Ed25519 key has 32 bytes, this one " + key.size() + "; send the raw key.");
        }
        byte[] raw = key.toByteArray();
        if (Arrays.equals(raw, IDENTITY) || !Ed25519.validatePublicKeyFull(raw, 0)) {
            throw new VerificationException(
                    Reason.BAD_KEY,
                    "The Ed25519 key is not a canonical point of the prime-order subgroup; make a new key pair.");
        }
    }

    /** Whether R is the identity, which only a signer who reveals its key would send. */
    static boolean isIdentityR(byte[] signature) {
        return Arrays.equals(signature, 0, KEY_SIZE, IDENTITY, 0, KEY_SIZE);
    }

    /** Whether R is a canonical point of the prime-order subgroup. */
    static boolean isFullyValidR(byte[] signature) {
        return Ed25519.validatePublicKeyFull(signature, 0);
    }

    private static byte[] identity() {
        byte[] point = new byte[KEY_SIZE];
        point[0] = 1;
        return point;
    }
}
