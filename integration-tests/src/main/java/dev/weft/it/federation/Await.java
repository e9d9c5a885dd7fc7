package dev.weft.it.federation;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a condition, not for a time. */
public final class Await {

    private static final Duration PAUSE = Duration.ofMillis(20);

    private Await() {}

    /** Returns when the condition holds; fails with the sentence when it does not in time. */
    public static void until(String what, Duration limit, BooleanSupplier condition) {
        value(what, limit, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }

    /** Returns the first value that is there; fails with the sentence when none is in time. */
    public static <T> T value(String what, Duration limit, Supplier<Optional<T>> supplier) {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<T> value = supplier.get();
            if (value.isPresent()) {
                return value.get();
            }
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException(what + " did not happen within " + limit.toMillis() + " ms");
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("interrupted while waiting: " + what);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }
}
