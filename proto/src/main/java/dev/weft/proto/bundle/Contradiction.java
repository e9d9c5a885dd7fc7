package dev.weft.proto.bundle;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.ConsistencyProof;
import dev.weft.proto.merkle.TreeHead;
import java.util.List;

/**
 * That two tree heads cannot be of one append-only log. Where the sizes differ this needs a path: from the root that the
 * larger tree really has at the smaller size (RFC 6962 section 2.1.2), which is another one than was signed.
 */
final class Contradiction {
    private Contradiction() {}

    /**
     * Fails unless they contradict each other; says how.
     *
     * @param root that the larger tree has at the smaller size; empty where the sizes are equal
     */
    static String require(String what, TreeHead smaller, TreeHead larger, ByteString root, List<ByteString> path)
            throws VerificationException {
        if (smaller.size() > larger.size()) {
            throw nothing("the " + what + "s stand in the wrong order, the smaller one first");
        }
        if (smaller.size() == larger.size()) {
            return equalSizes(what, smaller, larger, root, path);
        }
        if (smaller.isEmpty() || root.isEmpty()) {
            throw nothing("a smaller " + what + " is what every growing log once had, and no path shows that it is not "
                    + "the larger one's beginning");
        }
        TreeHead real = new TreeHead(smaller.size(), Digest.parse(root, "The root of a fork proof"));
        if (real.equals(smaller)) {
            throw nothing("the larger " + what + " begins with the smaller one");
        }
        ConsistencyProof.parse(smaller.size(), larger.size(), path).verify(real, larger);
        return "The larger one, of size " + larger.size() + ", has the root " + real.root() + " at size "
                + smaller.size() + ", which the path proves; the smaller one says " + smaller.root() + ".";
    }

    private static String equalSizes(String what, TreeHead one, TreeHead other, ByteString root, List<ByteString> path)
            throws VerificationException {
        requireBare(root, path);
        if (one.root().equals(other.root())) {
            throw nothing("both " + what + "s are of the same tree");
        }
        return "Both say size " + one.size() + ", one the root " + one.root() + ", the other " + other.root() + ".";
    }

    /** What needs no path has none: a file says one thing in one way. */
    static void requireBare(ByteString root, List<ByteString> path) throws VerificationException {
        if (!root.isEmpty() || !path.isEmpty()) {
            throw new VerificationException(
                    Reason.NOT_CANONICAL,
                    "The fork proof has a path that it needs not; take the file as it was written.");
        }
    }

    static VerificationException nothing(String why) {
        return new VerificationException(Reason.PROVES_NOTHING, "This proves nothing: " + why + ".");
    }
}
