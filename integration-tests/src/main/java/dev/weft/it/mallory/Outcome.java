package dev.weft.it.mallory;

import java.util.OptionalLong;

/**
 * What the aggregator answered to one statement.
 *
 * @param statement id in hex
 * @param index where the log took it
 * @param reason code where it was refused, else empty
 * @param message the sentence of the refusal
 */
public record Outcome(String statement, OptionalLong index, String reason, String message) {

    /** True where it stands in the log. */
    public boolean appended() {
        return index.isPresent();
    }
}
