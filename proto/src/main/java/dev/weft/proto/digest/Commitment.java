package dev.weft.proto.digest;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.nio.charset.StandardCharsets;

/**
 * Salted commitments to one named field: {@code HMAC-SHA-256(salt, "weft/commit/v1" 0x00 u32(len name) name u32(len
 * value) value)}, name in UTF-8, lengths little-endian. Hides the value while the salt is secret; binds to name and value.
 */
public final class Commitment {
    private static final byte[] LABEL = "weft/commit/v1\0".getBytes(StandardCharsets.US_ASCII);

    private Commitment() {}

    /** The commitment to a value under a name. */
    public static Digest commit(Salt salt, String name, FieldValue value) {
        return commit(salt, name, value.canonicalBytes());
    }

    /** The commitment to a value, given as its canonical bytes, under a name. */
    public static Digest commit(Salt salt, String name, byte[] canonicalValue) {
        byte[] encoded = name.getBytes(StandardCharsets.UTF_8);
        return Hashing.hmacSha256(
                salt.toByteString().toByteArray(),
                LABEL,
                u32(encoded.length),
                encoded,
                u32(canonicalValue.length),
                canonicalValue);
    }

    /** Opens a commitment: fails unless salt, name and value are exactly the committed ones. */
    public static void verify(Digest commitment, Salt salt, String name, ByteString canonicalValue)
            throws VerificationException {
        if (!commit(salt, name, canonicalValue.toByteArray()).equals(commitment)) {
            throw new VerificationException(
                    Reason.BAD_COMMITMENT,
                    "The opened field " + name + " does not give its commitment; ask its owner for the right opening.");
        }
    }

    static byte[] u32(int value) {
        return new byte[] {(byte) value, (byte) (value >>> 8), (byte) (value >>> 16), (byte) (value >>> 24)};
    }
}
