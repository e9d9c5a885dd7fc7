package dev.weft.node.witness;

import dev.weft.proto.digest.Digest;

/** What this directory signed. */
@FunctionalInterface
public interface OwnStatements {
    /** Whether a statement of that id was made here. */
    boolean areMine(Digest statement);
}
