package dev.weft.proto.digest;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.security.SecureRandom;

/**
 * 32 random bytes, new for every field, that make a commitment unguessable. A secret until the field is opened; deleting
 * it erases the field. Hence no {@code toString} that shows it.
 */
public final class Salt {
    /** Length in bytes. */
    public static final int SIZE = 32;

    private final ByteString bytes;

    private Salt(ByteString bytes) {
        this.bytes = bytes;
    }

    /** A fresh salt. */
    public static Salt random(SecureRandom random) {
        byte[] bytes = new byte[SIZE];
        random.nextBytes(bytes);
        return new Salt(ByteString.copyFrom(bytes));
    }

    /** A stored salt; other lengths are an IllegalArgumentException. */
    public static Salt of(ByteString bytes) {
        if (bytes.size() != SIZE) {
            throw new IllegalArgumentException("A salt has 32 bytes, not " + bytes.size());
        }
        return new Salt(bytes);
    }

    /** A salt that a peer sent. */
    public static Salt parse(ByteString bytes) throws VerificationException {
        if (bytes.size() != SIZE) {
            throw new VerificationException(
                    Reason.MALFORMED, "The salt has " + bytes.size() + " bytes; send exactly 32.");
        }
        return new Salt(bytes);
    }

    /** The bytes, to be stored where they can be deleted. */
    public ByteString toByteString() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Salt that && bytes.equals(that.bytes);
    }

    @Override
    public int hashCode() {
        return bytes.hashCode();
    }

    @Override
    public String toString() {
        return "Salt";
    }
}
