package dev.weft.proto.digest;

import java.util.List;

/** The root over leaf hashes that are at hand (RFC 6962 section 2.1), for digests that are trees inside. */
final class LeafTree {
    private static final byte NODE = 1;

    private LeafTree() {}

    static byte[] root(List<Digest> leaves) {
        return leaves.isEmpty()
                ? Hashing.sha256(new byte[0]).toByteArray()
                : subtree(leaves).toByteArray();
    }

    private static Digest subtree(List<Digest> leaves) {
        int n = leaves.size();
        if (n == 1) {
            return leaves.get(0);
        }
        int left = Integer.highestOneBit(n - 1);
        return Hashing.sha256(NODE, subtree(leaves.subList(0, left)), subtree(leaves.subList(left, n)));
    }
}
