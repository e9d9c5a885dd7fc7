package dev.weft.proto.merkle;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import java.util.Arrays;
import java.util.List;

/**
 * One proof for many leaves of a tree (RFC 6962 section 2.1): the roots of exactly those subtrees that hold none of the
 * leaves and whose sibling holds some, in the order in which a walk from the root, left before right, meets them. Each
 * hash is needed, and the hashes and leaves give the root in one way only.
 */
public final class SharedProof {
    private final long[] indexes;
    private final List<Digest> leaves;
    private final ByteString hashes;
    private int used;

    private SharedProof(long[] indexes, List<Digest> leaves, ByteString hashes) {
        this.indexes = indexes;
        this.leaves = leaves;
        this.hashes = hashes;
    }

    /** The hashes, 32 bytes each, that prove the leaves at these ascending indexes of the tree of that size. */
    public static ByteString prove(HashReader reader, long[] indexes, long size) {
        ByteString.Output out = ByteString.newOutput();
        if (size > 0) {
            write(reader, indexes, 0, indexes.length, new long[] {0, size}, out);
        }
        return out.toByteString();
    }

    private static void write(
            HashReader reader, long[] indexes, int from, int to, long[] range, ByteString.Output out) {
        long start = range[0];
        long end = range[1];
        if (from == to) {
            byte[] hash = MerkleMath.range(reader, start, end).toByteArray();
            out.write(hash, 0, hash.length);
        } else if (end - start > 1) {
            long middle = start + Long.highestOneBit(end - start - 1);
            int split = split(indexes, from, to, middle);
            write(reader, indexes, from, split, new long[] {start, middle}, out);
            write(reader, indexes, split, to, new long[] {middle, end}, out);
        }
    }

    private static int split(long[] indexes, int from, int to, long middle) {
        int at = Arrays.binarySearch(indexes, from, to, middle);
        return at < 0 ? -at - 1 : at;
    }

    /**
     * Fails unless the tree holds exactly these leaf hashes at these indexes.
     *
     * @param indexes ascending, each once, below the tree's size
     * @throws VerificationException {@link Reason#BAD_INCLUSION_PROOF}
     */
    public static void verify(long[] indexes, List<Digest> leaves, ByteString hashes, TreeHead head)
            throws VerificationException {
        for (int i = 0; i < indexes.length; i++) {
            if (indexes[i] >= head.size() || indexes[i] < 0 || (i > 0 && indexes[i] <= indexes[i - 1])) {
                throw bad("names an entry that the tree does not have, or one twice");
            }
        }
        if (head.isEmpty() || indexes.length != leaves.size()) {
            throw bad("is for another number of entries");
        }
        SharedProof proof = new SharedProof(indexes, leaves, hashes);
        Digest root = proof.root(0, indexes.length, 0, head.size());
        if (proof.used != hashes.size()) {
            throw bad("has hashes that are not needed");
        }
        if (!root.equals(head.root())) {
            throw bad("does not lead to the tree's root");
        }
    }

    private Digest root(int from, int to, long start, long end) throws VerificationException {
        if (from == to) {
            if (used + Digest.SIZE > hashes.size()) {
                throw bad("has too few hashes");
            }
            used += Digest.SIZE;
            return Digest.of(hashes.substring(used - Digest.SIZE, used));
        }
        if (end - start == 1) {
            return leaves.get(from);
        }
        long middle = start + Long.highestOneBit(end - start - 1);
        int split = split(indexes, from, to, middle);
        Digest left = root(from, split, start, middle);
        return MerkleMath.nodeHash(left, root(split, to, middle, end));
    }

    private static VerificationException bad(String what) {
        return new VerificationException(
                Reason.BAD_INCLUSION_PROOF, "The proof of the entries " + what + "; ask for the file anew.");
    }
}
