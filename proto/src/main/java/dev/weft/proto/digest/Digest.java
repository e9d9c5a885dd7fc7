package dev.weft.proto.digest;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/** 32 bytes that came out of SHA-256 or HMAC-SHA-256: a hash, a commitment, an id. Ordered as unsigned bytes. */
public final class Digest implements Comparable<Digest> {
    /** Length in bytes. */
    public static final int SIZE = 32;

    private static final HexFormat HEX = HexFormat.of();

    private final byte[] bytes;

    private Digest(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Takes the array over: the caller must not keep it. */
    static Digest wrap(byte[] owned) {
        return new Digest(owned);
    }

    /** A digest of exactly {@value #SIZE} bytes, copied. Other lengths are an IllegalArgumentException. */
    public static Digest of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    /** The {@value #SIZE} bytes at {@code offset}; {@code length} must say so. */
    public static Digest of(byte[] bytes, int offset, int length) {
        if (length != SIZE) {
            throw new IllegalArgumentException("A digest has 32 bytes, not " + length);
        }
        return new Digest(Arrays.copyOfRange(bytes, offset, offset + SIZE));
    }

    /** A digest of exactly {@value #SIZE} bytes. Other lengths are an IllegalArgumentException. */
    public static Digest of(ByteString bytes) {
        if (bytes.size() != SIZE) {
            throw new IllegalArgumentException("A digest has 32 bytes, not " + bytes.size());
        }
        return new Digest(bytes.toByteArray());
    }

    /** As {@link #of(ByteString)} for bytes that a peer sent; {@code what} names the field in the message. */
    public static Digest parse(ByteString bytes, String what) throws VerificationException {
        if (bytes.size() != SIZE) {
            throw new VerificationException(
                    Reason.MALFORMED, what + " has " + bytes.size() + " bytes; send exactly 32.");
        }
        return new Digest(bytes.toByteArray());
    }

    /** 64 lower-case hex digits; anything else is an IllegalArgumentException. */
    public static Digest fromHex(String hex) {
        byte[] bytes = HEX.parseHex(hex);
        if (bytes.length != SIZE || !HEX.formatHex(bytes).equals(hex)) {
            throw new IllegalArgumentException("A digest is 64 lower-case hex digits");
        }
        return new Digest(bytes);
    }

    /** A copy of the bytes. */
    public byte[] toByteArray() {
        return bytes.clone();
    }

    /** The bytes as protobuf carries them. */
    public ByteString toByteString() {
        return ByteString.copyFrom(bytes);
    }

    /** 64 lower-case hex digits. */
    public String hex() {
        return HEX.formatHex(bytes);
    }

    /** Writes the {@value #SIZE} bytes to {@code target} at {@code offset}. */
    public void copyTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, SIZE);
    }

    /** Whether these {@value #SIZE} bytes stand in {@code in} at {@code offset}. */
    public boolean isAt(byte[] in, int offset) {
        return Arrays.equals(bytes, 0, SIZE, in, offset, offset + SIZE);
    }

    void update(MessageDigest hash) {
        hash.update(bytes, 0, SIZE);
    }

    @Override
    public int compareTo(Digest other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Digest that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        // The bytes are uniform already.
        return (bytes[0] & 0xff) << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
    }

    @Override
    public String toString() {
        return hex();
    }
}
