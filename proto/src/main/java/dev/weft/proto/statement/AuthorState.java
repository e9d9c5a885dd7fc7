package dev.weft.proto.statement;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.TreeHead;

/**
 * Where an author stands in its own chain of statements: what its next one must continue.
 *
 * @param incarnation raised by each rollover, from 0
 * @param nextSeq the only {@code seq} that its next statement may carry
 * @param prev id of its last statement, or of the entry that opened the incarnation
 * @param siteHead the site log's head as last stated; empty for root and aggregator
 */
public record AuthorState(int incarnation, long nextSeq, Digest prev, TreeHead siteHead) {

    /** The state of an author whose incarnation was opened by an entry that is not its own statement. */
    public static AuthorState opened(Digest by) {
        return new AuthorState(0, 0, by, TreeHead.EMPTY);
    }
}
