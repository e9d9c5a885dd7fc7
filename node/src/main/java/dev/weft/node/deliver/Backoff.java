package dev.weft.node.deliver;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: doubles from the first to the longest wait, and half of each wait is
 * random, so that a hundred nodes do not come back in one instant after an aggregator's restart.
 */
final class Backoff {
    private final Duration initial;
    private final Duration max;
    private final RandomGenerator random;
    private int failures;

    Backoff(Duration initial, Duration max, RandomGenerator random) {
        this.initial = initial;
        this.max = max;
        this.random = random;
    }

    /** The wait after one more failure. */
    Duration next() {
        long whole = initial.toMillis() << Math.min(failures, 20);
        failures++;
        long capped = Math.min(Math.max(whole, 1), max.toMillis());
        return Duration.ofMillis(capped / 2 + random.nextLong(capped / 2 + 1));
    }

    /** Something worked: the next failure starts from the first wait again. */
    void reset() {
        failures = 0;
    }

    int failures() {
        return failures;
    }
}
