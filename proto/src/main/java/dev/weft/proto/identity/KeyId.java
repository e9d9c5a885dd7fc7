package dev.weft.proto.identity;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.v1.PublicKey;
import java.util.HexFormat;

/**
 * Names a public key within a signature: the first half of SHA-256 over the algorithm's number (one byte) and the key.
 * A hint for finding the key, never a proof.
 *
 * @param value {@value #SIZE} bytes
 */
public record KeyId(ByteString value) implements Comparable<KeyId> {

    /** Length in bytes. */
    public static final int SIZE = 16;

    /** @throws IllegalArgumentException where the length is another */
    public KeyId {
        if (value.size() != SIZE) {
            throw new IllegalArgumentException("a key id has " + SIZE + " bytes, not " + value.size());
        }
    }

    /** The id of a key in its wire form. */
    public static KeyId of(PublicKey key) {
        byte[] algorithm = {(byte) key.getAlgorithmValue()};
        return new KeyId(Hashing.sha256(algorithm, key.getKey().toByteArray())
                .toByteString()
                .substring(0, SIZE));
    }

    /** In the order of the unsigned bytes: the order of signatures in an envelope. */
    @Override
    public int compareTo(KeyId other) {
        return ByteString.unsignedLexicographicalComparator().compare(value, other.value);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(value.toByteArray());
    }
}
