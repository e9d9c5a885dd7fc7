package dev.weft.proto.merkle;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.Head;

/**
 * A Merkle tree in 40 bytes: how many leaves, and their root (RFC 6962 section 2.1).
 *
 * @param size number of leaves
 * @param root the tree's root; SHA-256 of nothing where it is empty
 */
public record TreeHead(long size, Digest root) {
    /** The tree without leaves. */
    public static final TreeHead EMPTY = new TreeHead(0, MerkleMath.EMPTY_ROOT);

    /** Checks that size and root fit; else an IllegalArgumentException. */
    public TreeHead {
        if (size < 0 || (size == 0 && !root.equals(MerkleMath.EMPTY_ROOT))) {
            throw new IllegalArgumentException("No tree has size " + size + " and root " + root);
        }
    }

    /** Reads a head; a default (absent) one is the empty tree. */
    public static TreeHead of(Head head) throws VerificationException {
        if (head.getSize() == 0 && head.getRoot().isEmpty()) {
            return EMPTY;
        }
        if (head.getSize() <= 0) {
            throw new VerificationException(
                    Reason.MALFORMED, "A tree head has a size from 1 up; leave it out where the tree is empty.");
        }
        return new TreeHead(head.getSize(), Digest.parse(head.getRoot(), "The root of a tree head"));
    }

    /** As a message; the default instance where the tree is empty, which the enclosing message leaves out. */
    public Head toProto() {
        return size == 0
                ? Head.getDefaultInstance()
                : Head.newBuilder().setSize(size).setRoot(root.toByteString()).build();
    }

    /** Whether there is no leaf. */
    public boolean isEmpty() {
        return size == 0;
    }
}
