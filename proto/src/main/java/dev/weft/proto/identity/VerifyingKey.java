package dev.weft.proto.identity;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.PublicKey;

/**
 * An Ed25519 public key (RFC 8032) that has passed the strict rule: canonical, in the prime-order subgroup, not the
 * identity. Its check of signatures is one rule for every provider and language: S less than the group order, R not the
 * identity, and encode([S]B - [k]A) equal to R byte for byte.
 *
 * <p>Safe for use by many threads. Making one costs about as much as several verifications: keep it.
 */
public final class VerifyingKey implements SignatureKey {

    private final ByteString raw;
    private final KeyId id;
    private final Ed25519Provider.Verifier verifier;

    private VerifyingKey(ByteString raw, Ed25519Provider provider) {
        this.raw = raw;
        this.id = KeyId.of(toProto(raw));
        this.verifier = provider.verifier(raw.toByteArray());
    }

    /**
     * Reads a key in its wire form.
     *
     * @throws VerificationException {@link Reason#BAD_KEY} where the algorithm is another or the key breaks the rule
     */
    public static VerifyingKey of(PublicKey key) throws VerificationException {
        requireEd25519(key);
        return of(key.getKey());
    }

    private static void requireEd25519(PublicKey key) throws VerificationException {
        if (key.getAlgorithm() != KeyAlgorithm.ED25519) {
            throw new VerificationException(
                    Reason.BAD_KEY, "The key is " + key.getAlgorithm() + "; an ED25519 key is needed here.");
        }
    }

    /**
     * Reads the 32 raw bytes of a key.
     *
     * @throws VerificationException {@link Reason#BAD_KEY} where the key breaks the rule
     */
    public static VerifyingKey of(ByteString raw) throws VerificationException {
        return of(raw, SignatureProvider.current());
    }

    /**
     * Reads a key that has passed the rule before, and spares its check. Never for a key that comes from outside.
     *
     * @throws VerificationException {@link Reason#BAD_KEY} where it is no Ed25519 key
     */
    public static VerifyingKey again(PublicKey key) throws VerificationException {
        requireEd25519(key);
        return new VerifyingKey(key.getKey(), SignatureProvider.current());
    }

    static VerifyingKey of(ByteString raw, Ed25519Provider provider) throws VerificationException {
        StrictRule.checkKey(raw);
        return new VerifyingKey(raw, provider);
    }

    /**
     * Checks a signature over a message.
     *
     * @throws VerificationException {@link Reason#BAD_SIGNATURE}
     */
    @Override
    public void verify(byte[] message, ByteString signature) throws VerificationException {
        if (signature.size() != StrictRule.SIGNATURE_SIZE || !verifier.verify(message, signature.toByteArray())) {
            throw new VerificationException(
                    Reason.BAD_SIGNATURE,
                    "The signature does not verify under key " + id + "; sign the exact bytes with the key in force.");
        }
    }

    /** The wire form. */
    @Override
    public PublicKey toProto() {
        return toProto(raw);
    }

    /** The 32 bytes of RFC 8032 section 5.1.2. */
    public ByteString raw() {
        return raw;
    }

    @Override
    public KeyId id() {
        return id;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VerifyingKey key && raw.equals(key.raw);
    }

    @Override
    public int hashCode() {
        return raw.hashCode();
    }

    /** The key's id, for messages to people. */
    @Override
    public String toString() {
        return "ed25519:" + id;
    }

    private static PublicKey toProto(ByteString raw) {
        return PublicKey.newBuilder()
                .setAlgorithm(KeyAlgorithm.ED25519)
                .setKey(raw)
                .build();
    }
}
