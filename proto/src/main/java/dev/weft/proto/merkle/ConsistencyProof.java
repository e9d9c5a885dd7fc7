package dev.weft.proto.merkle;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * That the tree of {@code newSize} leaves begins with the tree of {@code oldSize} leaves (RFC 6962 section 2.1.2). From
 * the empty tree, and from a tree to itself, the path is empty.
 *
 * @param oldSize leaves of the older tree
 * @param newSize leaves of the newer tree
 * @param path hashes in the order of RFC 6962
 */
public record ConsistencyProof(long oldSize, long newSize, List<Digest> path) {
    /** Copies the path. */
    public ConsistencyProof {
        path = List.copyOf(path);
    }

    /** Reads a proof that a peer sent. */
    public static ConsistencyProof parse(long oldSize, long newSize, List<ByteString> path)
            throws VerificationException {
        return new ConsistencyProof(oldSize, newSize, Paths.parse(path));
    }

    /** Builds the proof; sizes out of order are an IndexOutOfBoundsException. */
    public static ConsistencyProof prove(HashReader reader, long oldSize, long newSize) {
        if (oldSize < 0 || oldSize > newSize) {
            throw new IndexOutOfBoundsException("No tree of " + newSize + " begins with one of " + oldSize);
        }
        List<Digest> path = new ArrayList<>();
        if (oldSize > 0 && oldSize < newSize) {
            collect(reader, oldSize, newSize, path);
        }
        return new ConsistencyProof(oldSize, newSize, path);
    }

    private static void collect(HashReader reader, long oldSize, long newSize, List<Digest> path) {
        long start = 0;
        long end = newSize;
        // Down to the node that ends where the older tree ends.
        while (end != oldSize) {
            long middle = start + Long.highestOneBit(end - start - 1);
            if (oldSize <= middle) {
                path.add(MerkleMath.range(reader, middle, end));
                end = middle;
            } else {
                path.add(MerkleMath.range(reader, start, middle));
                start = middle;
            }
        }
        if (start > 0) {
            path.add(MerkleMath.range(reader, start, end));
        }
        Collections.reverse(path);
    }

    /** Fails unless {@code next} is {@code old} with leaves added behind it, or nothing added. */
    public void verify(TreeHead old, TreeHead next) throws VerificationException {
        if (oldSize != old.size() || newSize != next.size()) {
            throw bad(
                    "is for the sizes " + oldSize + " and " + newSize + ", not " + old.size() + " and " + next.size());
        }
        if (oldSize > newSize) {
            throw bad("goes back from size " + oldSize + " to " + newSize);
        }
        if (oldSize == 0 || oldSize == newSize) {
            verifyTrivial(old, next);
        } else {
            verifyPath(old, next);
        }
    }

    private void verifyTrivial(TreeHead old, TreeHead next) throws VerificationException {
        if (!path.isEmpty()) {
            throw bad("has " + path.size() + " hashes where none is needed");
        }
        if (oldSize == newSize && !old.root().equals(next.root())) {
            throw bad("cannot hold: two trees of size " + newSize + " have different roots");
        }
    }

    private void verifyPath(TreeHead old, TreeHead next) throws VerificationException {
        Climb climb = climb(old.root());
        if (!climb.older().equals(old.root())) {
            throw bad("does not lead to the older root");
        }
        if (!climb.newer().equals(next.root())) {
            throw bad("does not lead to the newer root");
        }
    }

    /** The two roots that the path leads to. */
    private record Climb(Digest older, Digest newer) {}

    private Climb climb(Digest complete) throws VerificationException {
        // The proof climbs from the largest complete subtree that ends the older tree.
        int shift = Long.numberOfTrailingZeros(oldSize);
        int inner = MerkleMath.bitLength((oldSize - 1) ^ (newSize - 1)) - shift;
        long index = (oldSize - 1) >>> shift;
        int border = Long.bitCount(index >>> inner);
        // A complete older tree is such a subtree itself, and known: it is not sent.
        int sent = isComplete() ? 0 : 1;
        if (path.size() != sent + inner + border) {
            throw bad("has " + path.size() + " hashes where " + (sent + inner + border) + " are needed");
        }
        Digest seed = sent == 0 ? complete : path.get(0);
        List<Digest> climb = path.subList(sent, sent + inner);
        List<Digest> left = path.subList(sent + inner, path.size());
        return new Climb(
                MerkleMath.climbBorder(MerkleMath.climbLeft(seed, climb, index), left),
                MerkleMath.climbBorder(MerkleMath.climb(seed, climb, index), left));
    }

    private boolean isComplete() {
        return Long.bitCount(oldSize) == 1;
    }

    /**
     * What the newer tree's own first {@code oldSize} leaves give, where the path leads to {@code next}: another root than a
     * head held says that the log forked. Empty where the path does not lead there, and where the older tree is a complete
     * one, whose root a path does not carry.
     */
    public Optional<Digest> olderRoot(TreeHead next) {
        if (oldSize <= 0 || oldSize >= newSize || newSize != next.size() || isComplete()) {
            return Optional.empty();
        }
        try {
            Climb climb = climb(next.root());
            return climb.newer().equals(next.root()) ? Optional.of(climb.older()) : Optional.empty();
        } catch (VerificationException e) {
            // Too short or too long: it leads nowhere.
            return Optional.empty();
        }
    }

    /** The path as messages carry it. */
    public List<ByteString> toProto() {
        return Paths.toProto(path);
    }

    private static VerificationException bad(String what) {
        return new VerificationException(
                Reason.BAD_CONSISTENCY_PROOF,
                "The consistency proof " + what
                        + "; if a proof asked for anew fails too, keep both heads: the log forked.");
    }
}
