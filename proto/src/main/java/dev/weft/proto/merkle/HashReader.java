package dev.weft.proto.merkle;

import dev.weft.proto.digest.Digest;

/** Hands out the hashes of complete subtrees; what proofs are built from. */
@FunctionalInterface
public interface HashReader {
    /**
     * The root of the complete subtree over the leaves {@code [index << level, (index + 1) << level)}. Level 0 is the leaf
     * hashes. Asking above the tree's size is an IndexOutOfBoundsException.
     */
    Digest hash(int level, long index);
}
