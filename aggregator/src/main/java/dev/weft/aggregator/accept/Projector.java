package dev.weft.aggregator.accept;

import dev.weft.aggregator.db.ProjectionStore;
import dev.weft.aggregator.watch.Metrics;
import dev.weft.aggregator.watch.SecurityEvent;
import dev.weft.aggregator.watch.SecurityEvents;
import dev.weft.proto.VerificationException;
import dev.weft.proto.log.LogStore;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Limits;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Carries the graph along the log, in order, behind the published head. An entry that cannot be projected is marked and
 * passed: the log goes on whatever an entry says.
 */
final class Projector {
    /** A small batch's worth of times over; under load the graph is further behind than any number worth keeping. */
    private static final int KEPT = 512;

    private record Recent(long index, OpenedEnvelope entry) {}

    private final Connection writer;
    private final long federation;
    private final LogStore log;
    private final Limits limits;
    private final ProjectionSink sink;
    private final Metrics metrics;
    private final SecurityEvents events;
    private final Deque<Recent> recent = new ArrayDeque<>();
    private long next;
    private long committed;

    Projector(LogHolding holding, ProjectionSink sink, Limits limits, Metrics metrics, SecurityEvents events)
            throws SQLException {
        this.writer = holding.writer();
        this.federation = holding.federation();
        this.log = holding.store();
        this.limits = limits;
        this.sink = sink;
        this.metrics = metrics;
        this.events = events;
        this.committed = ProjectionStore.next(writer, federation);
        this.next = committed;
    }

    /** Saves the projection from reading and parsing again what was appended just now. */
    void remember(long index, OpenedEnvelope entry) {
        if (recent.size() < KEPT) {
            recent.addLast(new Recent(index, entry));
        }
    }

    boolean isBehind(long published) {
        return behind(published) > 0;
    }

    /** How many published entries the graph does not have. */
    long behind(long published) {
        return published - next;
    }

    /** Projects at most {@code most} entries below the published size, inside the caller's transaction. */
    void step(long published, int most) throws SQLException {
        long end = Math.min(published, next + most);
        if (next >= end) {
            return;
        }
        long start = System.nanoTime();
        Savepoint before = writer.setSavepoint();
        long from = next;
        try {
            for (; next < end; next++) {
                sink.project(writer, next, entry(next));
            }
            writer.releaseSavepoint(before);
        } catch (SQLException | VerificationException | RuntimeException e) {
            rethrowIfStorage(e);
            // The whole step is undone and done again one by one, so that only the entry at fault stays out.
            writer.rollback(before);
            sink.rolledBack();
            singly(from, end);
        }
        ProjectionStore.setNext(writer, federation, next);
        metrics.spent(Metrics.Stage.PROJECT, start);
    }

    private void singly(long from, long end) throws SQLException {
        for (next = from; next < end; next++) {
            Savepoint before = writer.setSavepoint();
            try {
                sink.project(writer, next, entry(next));
                writer.releaseSavepoint(before);
            } catch (SQLException | VerificationException | RuntimeException e) {
                rethrowIfStorage(e);
                writer.rollback(before);
                sink.rolledBack();
                String reason = e.getClass().getSimpleName() + ": " + e.getMessage();
                ProjectionStore.addUnprojected(writer, federation, next, reason);
                events.raise(new SecurityEvent.Unprojected(next, reason));
            }
        }
    }

    /** A full disk is no entry's fault: the transaction fails, and the projection is tried again. */
    private static void rethrowIfStorage(Exception e) throws SQLException {
        if (StorageFault.isOne(e)) {
            throw new SQLException("the projection could not be stored", e);
        }
    }

    void committed() {
        committed = next;
        metrics.projected(next);
        while (!recent.isEmpty() && recent.peekFirst().index() < next) {
            recent.removeFirst();
        }
    }

    void rolledBack() {
        if (next != committed) {
            sink.rolledBack();
            next = committed;
        }
    }

    private OpenedEnvelope entry(long index) throws VerificationException {
        while (!recent.isEmpty() && recent.peekFirst().index() < index) {
            recent.removeFirst();
        }
        Recent first = recent.peekFirst();
        return first != null && first.index() == index ? first.entry() : EnvelopeOpener.open(log.entry(index), limits);
    }
}
