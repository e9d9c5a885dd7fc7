package dev.weft.proto.merkle;

import dev.weft.proto.digest.Digest;
import java.util.ArrayList;
import java.util.List;

/**
 * The roots of the complete subtrees that make up a tree, largest first: all that is needed to append and to know the
 * root ("compact range"). At most 63 hashes. Not for several threads.
 */
public final class Frontier {
    private final List<Digest> peaks;
    private long size;

    private Frontier(List<Digest> peaks, long size) {
        this.peaks = peaks;
        this.size = size;
    }

    /** Of the tree without leaves. */
    public static Frontier empty() {
        return new Frontier(new ArrayList<>(), 0);
    }

    /** Of the first {@code size} leaves of a tree. */
    public static Frontier from(HashReader reader, long size) {
        List<Digest> peaks = new ArrayList<>();
        for (int level = MerkleMath.bitLength(size) - 1; level >= 0; level--) {
            long index = size >>> level;
            if ((index & 1) == 1) {
                peaks.add(reader.hash(level, index - 1));
            }
        }
        return new Frontier(peaks, size);
    }

    /** Adds a leaf behind the last one. */
    public void append(Digest leafHash) {
        Digest hash = leafHash;
        for (long rest = size; (rest & 1) == 1; rest >>>= 1) {
            hash = MerkleMath.nodeHash(peaks.remove(peaks.size() - 1), hash);
        }
        peaks.add(hash);
        size++;
    }

    /** Size and root of the tree now. */
    public TreeHead head() {
        if (size == 0) {
            return TreeHead.EMPTY;
        }
        Digest root = peaks.get(peaks.size() - 1);
        for (int i = peaks.size() - 2; i >= 0; i--) {
            root = MerkleMath.nodeHash(peaks.get(i), root);
        }
        return new TreeHead(size, root);
    }

    /** Number of leaves. */
    public long size() {
        return size;
    }

    /** An independent copy. */
    public Frontier copy() {
        return new Frontier(new ArrayList<>(peaks), size);
    }
}
