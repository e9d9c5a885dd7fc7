package dev.weft.aggregator.accept;

import dev.weft.proto.VerificationException;

/** Hears once what became of a submission; called on the thread that holds the log, and must return at once. */
interface Outcome {
    /** The entry is in the log at this index, and a published head covers it. */
    void appended(long index);

    /**
     * Nothing was kept.
     *
     * @param expectedSeq what the log would append next of this author
     */
    void refused(VerificationException why, long expectedSeq);

    /** All answers of one batch were given. */
    default void batchEnded() {}
}
