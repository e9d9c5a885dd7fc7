package dev.weft.proto.merkle;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * That the tree of {@code size} leaves holds a leaf at {@code index} (RFC 6962 section 2.1.1).
 *
 * @param index of the leaf, from 0
 * @param size of the tree that the path leads to
 * @param path siblings from the leaf's up
 */
public record InclusionProof(long index, long size, List<Digest> path) {
    /** Copies the path. */
    public InclusionProof {
        path = List.copyOf(path);
    }

    /** Reads a proof that a peer sent. */
    public static InclusionProof parse(long index, long size, List<ByteString> path) throws VerificationException {
        return new InclusionProof(index, size, Paths.parse(path));
    }

    /** Builds the proof; an index outside the tree is an IndexOutOfBoundsException. */
    public static InclusionProof prove(HashReader reader, long index, long size) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("No leaf " + index + " in a tree of " + size);
        }
        List<Digest> path = new ArrayList<>(MerkleMath.bitLength(size - 1));
        long start = 0;
        long end = size;
        while (end - start > 1) {
            long middle = start + Long.highestOneBit(end - start - 1);
            if (index < middle) {
                path.add(MerkleMath.range(reader, middle, end));
                end = middle;
            } else {
                path.add(MerkleMath.range(reader, start, middle));
                start = middle;
            }
        }
        Collections.reverse(path);
        return new InclusionProof(index, size, path);
    }

    /** Fails unless the leaf hash stands at this index of exactly that tree. */
    public void verify(Digest leafHash, TreeHead head) throws VerificationException {
        if (size != head.size()) {
            throw bad("is for a tree of " + size + " leaves, not " + head.size());
        }
        if (index < 0 || index >= size) {
            throw bad("is for leaf " + index + ", which a tree of " + size + " does not have");
        }
        // Below the split the path has a sibling for every bit, above it only where the tree goes on to the left.
        int inner = MerkleMath.bitLength(index ^ (size - 1));
        int border = Long.bitCount(index >>> inner);
        if (path.size() != inner + border) {
            throw bad("has " + path.size() + " hashes where " + (inner + border) + " are needed");
        }
        Digest hash = MerkleMath.climb(leafHash, path.subList(0, inner), index);
        if (!MerkleMath.climbBorder(hash, path.subList(inner, path.size())).equals(head.root())) {
            throw bad("does not lead to the tree's root");
        }
    }

    /** The path as messages carry it. */
    public List<ByteString> toProto() {
        return Paths.toProto(path);
    }

    private static VerificationException bad(String what) {
        return new VerificationException(
                Reason.BAD_INCLUSION_PROOF, "The inclusion proof " + what + "; ask the log for the proof anew.");
    }
}
