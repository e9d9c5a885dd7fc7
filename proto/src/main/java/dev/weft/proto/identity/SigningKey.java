package dev.weft.proto.identity;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * An Ed25519 private key (RFC 8032), for one purpose: statements, checkpoints, cosignatures, an invitation, or recovery.
 * Safe for use by many threads.
 */
public final class SigningKey implements Signatory {

    private final ByteString seed;
    private final VerifyingKey verifyingKey;
    private final Ed25519Provider.Signer signer;

    private SigningKey(ByteString seed, Ed25519Provider provider) {
        this.seed = seed;
        byte[] secret = seed.toByteArray();
        this.verifyingKey = derive(secret, provider);
        this.signer = provider.signer(secret);
        Arrays.fill(secret, (byte) 0);
    }

    /** A new key. */
    public static SigningKey generate(SecureRandom random) {
        byte[] seed = new byte[Ed25519.SECRET_KEY_SIZE];
        random.nextBytes(seed);
        return fromSeed(ByteString.copyFrom(seed));
    }

    /**
     * The key of a stored seed.
     *
     * @throws IllegalArgumentException where the seed has not 32 bytes
     */
    public static SigningKey fromSeed(ByteString seed) {
        return fromSeed(seed, SignatureProvider.current());
    }

    static SigningKey fromSeed(ByteString seed, Ed25519Provider provider) {
        if (seed.size() != Ed25519.SECRET_KEY_SIZE) {
            throw new IllegalArgumentException("an Ed25519 seed has 32 bytes, not " + seed.size());
        }
        return new SigningKey(seed, provider);
    }

    /** The 32 secret bytes, for the one file that keeps them. */
    public ByteString seed() {
        return seed;
    }

    @Override
    public VerifyingKey verifyingKey() {
        return verifyingKey;
    }

    /** The 64-byte signature. */
    @Override
    public ByteString sign(byte[] message) {
        return signer.sign(message);
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "private " + verifyingKey;
    }

    private static VerifyingKey derive(byte[] secret, Ed25519Provider provider) {
        byte[] raw = new byte[Ed25519.PUBLIC_KEY_SIZE];
        Ed25519.generatePublicKey(secret, 0, raw, 0);
        try {
            return VerifyingKey.of(ByteString.copyFrom(raw), provider);
        } catch (VerificationException e) {
            throw new IllegalStateException("a seed gave a key outside the rule", e);
        }
    }
}
