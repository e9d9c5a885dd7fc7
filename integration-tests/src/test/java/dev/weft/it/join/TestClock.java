package dev.weft.it.join;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until it is moved. Begins now, because the TLS library has a clock of its own. */
final class TestClock implements InstantSource {

    private final AtomicReference<Instant> now =
            new AtomicReference<>(InstantSource.system().instant().truncatedTo(ChronoUnit.SECONDS));

    @Override
    public Instant instant() {
        return now.get();
    }

    void advance(Duration by) {
        now.updateAndGet(time -> time.plus(by));
    }
}
