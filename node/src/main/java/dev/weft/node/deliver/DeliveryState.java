package dev.weft.node.deliver;

import dev.weft.node.deliver.DeliveryStatus.State;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Where delivery stands: changed by the one thread of the {@link Deliverer}, read by anybody through a copy. */
final class DeliveryState {

    private final InstantSource clock;
    private volatile Snapshot snapshot;

    private record Snapshot(
            State state,
            String detail,
            Instant since,
            int inFlight,
            Optional<Instant> lastTry,
            Optional<Instant> nextTry) {}

    DeliveryState(InstantSource clock) {
        this.clock = clock;
        this.snapshot =
                new Snapshot(State.STOPPED, "not started", clock.instant(), 0, Optional.empty(), Optional.empty());
    }

    State state() {
        return snapshot.state();
    }

    /** From here on that holds; a next attempt that was announced is off. */
    void become(State next, String why) {
        Snapshot now = snapshot;
        Instant since = next == now.state() ? now.since() : clock.instant();
        Optional<Instant> tried = next == State.CONNECTING ? Optional.of(clock.instant()) : now.lastTry();
        snapshot = new Snapshot(next, why, since, now.inFlight(), tried, Optional.empty());
    }

    /** The next attempt comes by itself. */
    void waitUntil(Instant nextTry, String why) {
        become(State.WAITING, why);
        Snapshot now = snapshot;
        snapshot = new Snapshot(
                now.state(), now.detail(), now.since(), now.inFlight(), now.lastTry(), Optional.of(nextTry));
    }

    void inFlight(int statements) {
        Snapshot now = snapshot;
        snapshot = new Snapshot(now.state(), now.detail(), now.since(), statements, now.lastTry(), now.nextTry());
    }

    /** Together with what the outbox says; from any thread. */
    DeliveryStatus status(Outbox outbox, Connection connection, String address) throws SQLException {
        Snapshot now = snapshot;
        long firstPending = outbox.firstPending(connection);
        long signed = outbox.authorState(connection).nextSeq();
        Optional<RefusedStatement> refusal =
                outbox.list(connection, Optional.of(DeliveredStatement.State.REFUSED), firstPending - 1, 1).stream()
                        .flatMap(statement -> statement.refusal().stream())
                        .findFirst();
        return new DeliveryStatus(
                now.state(),
                now.detail(),
                now.since(),
                now.lastTry(),
                now.nextTry(),
                address,
                firstPending,
                signed,
                now.inFlight(),
                refusal);
    }
}
