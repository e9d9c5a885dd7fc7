package dev.weft.proto.digest;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/**
 * The secret that the members of a federation share and its aggregator does not have: under it, equal digests at two sites
 * have equal values, which nobody without it can try out. Whoever has it can.
 *
 * <p>No {@code toString} that shows it.
 */
public final class LinkingKey {
    /** Length in bytes. */
    public static final int SIZE = 32;

    private static final byte[] VALUE = "weft/link/v1\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CHECK = "weft/linkcheck/v1".getBytes(StandardCharsets.US_ASCII);

    private final ByteString secret;

    private LinkingKey(ByteString secret) {
        this.secret = secret;
    }

    /** A fresh one. */
    public static LinkingKey generate(SecureRandom random) {
        byte[] secret = new byte[SIZE];
        random.nextBytes(secret);
        return new LinkingKey(ByteString.copyFrom(secret));
    }

    /**
     * The key that was stored or sent, if it is the one that the federation's log speaks of.
     *
     * @param check what the {@code linkkey} statement says
     * @throws VerificationException {@link Reason#LINK_KEY_WRONG}
     */
    public static LinkingKey of(ByteString secret, Digest check) throws VerificationException {
        if (secret.size() == SIZE) {
            LinkingKey key = new LinkingKey(secret);
            if (key.check().equals(check)) {
                return key;
            }
        }
        throw new VerificationException(
                Reason.LINK_KEY_WRONG,
                "That is not the linking key whose check value the log holds; ask another member for it.");
    }

    /** What stands in the log for the key: {@code HMAC-SHA-256(K, "weft/linkcheck/v1")}. */
    public Digest check() {
        return Hashing.hmacSha256(secret.toByteArray(), CHECK);
    }

    /**
     * What stands for a digest outside: {@code HMAC-SHA-256(K, "weft/link/v1" 0x00 u32(len kind) kind u32(len value)
     * value)}, the value in its canonical bytes.
     *
     * @param kind of the artifact, for example {@code dataset}: one file as data and as code are two things
     */
    public Digest value(String kind, ContentDigest digest) {
        byte[] name = kind.getBytes(StandardCharsets.US_ASCII);
        byte[] value = FieldValue.of(digest).canonicalBytes();
        return Hashing.hmacSha256(
                secret.toByteArray(), VALUE, Commitment.u32(name.length), name, Commitment.u32(value.length), value);
    }

    /** The 32 secret bytes, for the one file that keeps them and for what is sealed to a member. */
    public ByteString secret() {
        return secret;
    }

    @Override
    public String toString() {
        return "LinkingKey";
    }
}
