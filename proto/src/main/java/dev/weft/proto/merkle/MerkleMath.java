package dev.weft.proto.merkle;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import java.util.List;

/** The arithmetic of RFC 6962 section 2.1: leaf {@code SHA-256(0x00 leaf)}, node {@code SHA-256(0x01 left right)}. */
public final class MerkleMath {
    /** Root of the tree without leaves: SHA-256 of nothing. */
    public static final Digest EMPTY_ROOT = Hashing.sha256(new byte[0]);

    private static final byte LEAF = 0;
    static final byte NODE = 1;

    private MerkleMath() {}

    /** The hash of a leaf with these bytes. */
    public static Digest leafHash(byte[] leaf) {
        return Hashing.sha256(LEAF, leaf);
    }

    /** The hash of a leaf with these bytes. */
    public static Digest leafHash(ByteString leaf) {
        return Hashing.sha256(LEAF, leaf);
    }

    /** The hash of an inner node. */
    public static Digest nodeHash(Digest left, Digest right) {
        return Hashing.sha256(NODE, left, right);
    }

    /** The head of the tree over these leaf hashes. */
    public static TreeHead head(List<Digest> leafHashes) {
        Frontier frontier = Frontier.empty();
        leafHashes.forEach(frontier::append);
        return frontier.head();
    }

    /** Hashes of leaves at hand, as a reader. Computes what it is asked each time: for small trees. */
    public static HashReader reader(List<Digest> leafHashes) {
        return new HashReader() {
            @Override
            public Digest hash(int level, long index) {
                if (level == 0) {
                    return leafHashes.get(Math.toIntExact(index));
                }
                return nodeHash(hash(level - 1, 2 * index), hash(level - 1, 2 * index + 1));
            }
        };
    }

    /** The root over the leaves {@code [start, end)} where start is a multiple of a power of two from end - start up. */
    static Digest range(HashReader reader, long start, long end) {
        long count = end - start;
        if (Long.bitCount(count) == 1) {
            int level = Long.numberOfTrailingZeros(count);
            return reader.hash(level, start >>> level);
        }
        long left = Long.highestOneBit(count);
        return nodeHash(range(reader, start, start + left), range(reader, start + left, end));
    }

    /** Bits that are needed to write the number. */
    static int bitLength(long value) {
        return Long.SIZE - Long.numberOfLeadingZeros(value);
    }

    /** Folds the path upward from bit 0 of {@code index}: a set bit puts the sibling to the left. */
    static Digest climb(Digest seed, List<Digest> path, long index) {
        Digest hash = seed;
        for (int i = 0; i < path.size(); i++) {
            hash = (index >>> i & 1) == 0 ? nodeHash(hash, path.get(i)) : nodeHash(path.get(i), hash);
        }
        return hash;
    }

    /** As {@link #climb} with only the siblings to the left: the older tree's side of a consistency proof. */
    static Digest climbLeft(Digest seed, List<Digest> path, long index) {
        Digest hash = seed;
        for (int i = 0; i < path.size(); i++) {
            if ((index >>> i & 1) == 1) {
                hash = nodeHash(path.get(i), hash);
            }
        }
        return hash;
    }

    /** Folds siblings that all lie to the left. */
    static Digest climbBorder(Digest seed, List<Digest> path) {
        Digest hash = seed;
        for (Digest left : path) {
            hash = nodeHash(left, hash);
        }
        return hash;
    }
}
