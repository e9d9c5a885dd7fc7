package dev.weft.proto.identity;

import com.google.protobuf.UnsafeByteOperations;
import java.security.SecureRandom;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * The provider that is always there. Its equation is cofactored: it holds also where R differs from [S]B - [k]A by a
 * point of small order. A valid key leaves no other difference, so that R in the prime-order subgroup, checked here in
 * full, makes both sides equal, and both being canonical their bytes too.
 */
final class BouncyCastleEd25519 implements Ed25519Provider {

    static final String NAME = "bouncycastle";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public SecureRandom random() {
        return new SecureRandom();
    }

    @Override
    public Verifier verifier(byte[] publicKey) {
        Ed25519.PublicPoint point = Ed25519.validatePublicKeyPartialExport(publicKey, 0);
        if (point == null) {
            throw new IllegalStateException("a key that passed the key rule does not decode");
        }
        return (message, signature) ->
                Ed25519.verify(signature, 0, point, message, 0, message.length) && StrictRule.isFullyValidR(signature);
    }

    @Override
    public Signer signer(byte[] seed) {
        byte[] secret = seed.clone();
        byte[] publicKey = new byte[Ed25519.PUBLIC_KEY_SIZE];
        Ed25519.generatePublicKey(secret, 0, publicKey, 0);
        return message -> {
            byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
            Ed25519.sign(secret, 0, publicKey, 0, message, 0, message.length, signature, 0);
            return UnsafeByteOperations.unsafeWrap(signature);
        };
    }
}
