package dev.weft.aggregator.accept;

/**
 * A statement is in the log, and a published head covers it.
 *
 * @param index of its entry
 */
public record Accepted(long index) {}
