package dev.weft.node.deliver;

import dev.weft.proto.VerificationException;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.v1.CheckpointUpdate;

/** What this node believes of the shared log. The one door through which delivery learns of checkpoints. */
public interface SharedHead {
    /** The largest checkpoint that was verified and kept; size 0 before any. */
    TreeHead held();

    /**
     * Verifies the note's signature and its consistency with the head held, keeps it, and only then returns its head.
     *
     * @throws VerificationException where it is not believed; a contradiction has been made known by then
     */
    TreeHead accept(CheckpointUpdate update) throws VerificationException;

    /** Whether two signed notes contradicted each other: then nothing of this log is believed any more. */
    boolean forked();
}
