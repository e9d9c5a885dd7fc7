package dev.weft.proto.log;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one writer of a database: works come from any thread, run one after the other on the writer's thread, many in one
 * transaction, and are answered only after its commit. One fsync is shared by all that came while the last one ran.
 *
 * <p>A work that throws is rolled back alone. A transaction that the database itself gave up (disk full) fails all of its
 * works, leaves nothing behind and the next one is tried anew. When a commit fails so that nobody can know whether it
 * happened, or the hook after it fails, the writer stops: {@link Reason#STOPPED} for everything later; a restart reads
 * what is there.
 *
 * <p>Futures complete on the writer's thread: what hangs on them must be short, or say which executor runs it.
 */
public final class GroupCommit implements AutoCloseable {
    private final Deque<QueuedWork<?>> queue = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Limits limits;
    private final Transaction transaction;
    private final AfterCommit hook;
    private final Thread writer;
    private boolean closing;
    private @Nullable Exception stopped;

    /** A piece of writing; must not commit, roll back, or go on after a statement failed. */
    @FunctionalInterface
    public interface Work<T> {
        /** Runs inside the transaction; what it returns is answered after the commit. */
        T run(Connection connection) throws Exception;
    }

    /** What the daemon does around a commit, on the writer's thread. */
    @FunctionalInterface
    public interface AfterCommit {
        /**
         * After a commit, before anybody is answered: the place to sign and to move an anchor. May read the connection. If
         * it throws, the works fail although they are durable, and the writer stops.
         */
        void committed() throws Exception;

        /** After a work, or a whole transaction, was rolled back: what memory holds must be read anew. */
        default void rolledBack() {}

        /** Once, when the writer stops by itself. */
        default void stopped(Exception why) {}
    }

    /**
     * How much at once.
     *
     * @param queued works that may wait; more are refused with {@link Reason#BUSY}
     * @param works works in one transaction at most
     * @param time after which a transaction takes no further work
     */
    public record Limits(int queued, int works, Duration time) {
        /** 8,192 waiting, 1,024 or 100 ms in one transaction. */
        public static final Limits DEFAULT = new Limits(8_192, 1_024, Duration.ofMillis(100));
    }

    /** Starts the writer on a connection that nobody else uses from now on; it stays the caller's to close. */
    public GroupCommit(Connection connection, AfterCommit hook) {
        this(connection, hook, Limits.DEFAULT);
    }

    /** As above, with other limits. */
    public GroupCommit(Connection connection, AfterCommit hook, Limits limits) {
        this.transaction = Transaction.on(connection);
        this.hook = hook;
        this.limits = limits;
        this.writer = new Thread(this::loop, "weft-writer");
        writer.setDaemon(true);
        writer.start();
    }

    /**
     * Queues a work. The future fails with what the work threw, or with a VerificationException: {@link Reason#BUSY} (not
     * tried), {@link Reason#DISK_FULL} (tried, nothing kept), {@link Reason#SHUTDOWN}, {@link Reason#STOPPED} (unknown if
     * it was in flight).
     */
    public <T> CompletableFuture<T> submit(Work<T> work) {
        QueuedWork<T> queued = new QueuedWork<>(work);
        lock.lock();
        try {
            if (stopped != null) {
                queued.refuse(Reason.STOPPED, "The writer stopped after a failed commit; restart the daemon.");
            } else if (closing) {
                queued.refuse(Reason.SHUTDOWN, "The daemon is stopping; send it again when it is back.");
            } else if (queue.size() >= limits.queued()) {
                queued.refuse(Reason.BUSY, "Too much waits to be written; send it again in a second.");
            } else {
                queue.add(queued);
                arrived.signal();
            }
        } finally {
            lock.unlock();
        }
        return queued.answer();
    }

    /** How many works wait. */
    public int waiting() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    /** Why the writer stopped by itself, if it did. */
    public Optional<Exception> stopped() {
        lock.lock();
        try {
            return Optional.ofNullable(stopped);
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more, finishes what was taken, and waits for that. Not to be called from a work. */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            arrived.signal();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (writer.isAlive()) {
            try {
                writer.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void loop() {
        QueuedWork<?> first = take(true);
        while (first != null) {
            List<QueuedWork<?>> works = new ArrayList<>();
            try {
                transact(first, works);
            } catch (RuntimeException | Error e) {
                // Of the hook: memory and database may differ now.
                stop(new IllegalStateException("The writer's hook failed", e), works);
            }
            first = take(true);
        }
    }

    private @Nullable QueuedWork<?> take(boolean wait) {
        lock.lock();
        try {
            while (wait && queue.isEmpty() && !closing && stopped == null) {
                arrived.awaitUninterruptibly();
            }
            return queue.poll();
        } finally {
            lock.unlock();
        }
    }

    private void transact(QueuedWork<?> first, List<QueuedWork<?>> works) {
        long end = System.nanoTime() + limits.time().toNanos();
        try {
            QueuedWork<?> next = first;
            while (next != null) {
                works.add(next);
                if (!transaction.run(next)) {
                    hook.rolledBack();
                }
                boolean full = works.size() >= limits.works() || System.nanoTime() - end >= 0;
                next = full ? null : take(false);
            }
            // A crash before this line leaves nothing of these works, after it all of them, unanswered.
            transaction.commit();
        } catch (SQLException e) {
            abandon(works, e);
            return;
        }
        answer(works);
    }

    private void answer(List<QueuedWork<?>> works) {
        try {
            hook.committed();
            transaction.endReading();
        } catch (Exception e) {
            stop(e, works);
            return;
        }
        works.forEach(QueuedWork::complete);
    }

    private void abandon(List<QueuedWork<?>> works, SQLException why) {
        try {
            transaction.rollBackAfter(why);
        } catch (SQLException e) {
            stop(e, works);
            return;
        }
        hook.rolledBack();
        works.forEach(work -> work.fail(Transaction.told(why)));
    }

    private void stop(Exception why, List<QueuedWork<?>> works) {
        List<QueuedWork<?>> left = new ArrayList<>(works);
        lock.lock();
        try {
            stopped = why;
            left.addAll(queue);
            queue.clear();
        } finally {
            lock.unlock();
        }
        VerificationException told = new VerificationException(
                Reason.STOPPED, "The writer stopped and cannot say whether this was kept; restart the daemon.", why);
        left.forEach(work -> work.fail(told));
        hook.stopped(why);
    }
}
