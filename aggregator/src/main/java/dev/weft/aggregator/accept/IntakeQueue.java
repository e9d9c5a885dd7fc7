package dev.weft.aggregator.accept;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits for the log, bounded. Gives out batches: at once where little comes, so that a lone statement waits for
 * nobody; after a short while where much comes, so that one signature, one anchor and one checkpoint serve many.
 */
public final class IntakeQueue {
    /** Something that waits. */
    sealed interface Item {
        Outcome outcome();
    }

    /** A statement that somebody sent. */
    record Sent(Submission submission) implements Item {
        @Override
        public Outcome outcome() {
            return submission.outcome();
        }
    }

    /**
     * A statement that the author {@code aggregator} makes when its turn comes.
     *
     * @param second the other envelope, where it is evidence
     */
    record Own(Message body, Optional<ByteString> second, Outcome outcome) implements Item {}

    /**
     * How much at once.
     *
     * @param waiting items at most; more are refused
     * @param batch items in one batch at most
     * @param age how long the first of a busy batch waits for others
     */
    public record Limits(int waiting, int batch, Duration age) {}

    /** A batch at least this large says that more are on their way. */
    private static final int BUSY = 16;

    private static final long IDLE_MILLIS = 1_000;

    private final Limits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Deque<Item> items = new ArrayDeque<>();
    private boolean closed;
    private boolean full;
    private int last;

    IntakeQueue(Limits limits) {
        this.limits = limits;
    }

    boolean offer(Item item) {
        lock.lock();
        try {
            if (closed || items.size() >= limits.waiting()) {
                return false;
            }
            items.addLast(item);
            // The taker is woken by the first, and by the one that fills its batch: not by each.
            if (items.size() == 1 || items.size() == limits.batch()) {
                full = items.size() == limits.batch();
                arrived.signal();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Items that go before all that wait, in their order. */
    void putBack(List<Item> first) {
        if (first.isEmpty()) {
            return;
        }
        lock.lock();
        try {
            for (int i = first.size() - 1; i >= 0; i--) {
                items.addFirst(first.get(i));
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * The next batch; empty after a while without any, or at once where the caller has something else to do.
     *
     * @param otherWork whether the caller has
     */
    List<Item> take(boolean otherWork) throws InterruptedException {
        lock.lock();
        try {
            if (!otherWork) {
                awaitItem(IDLE_MILLIS);
            }
            if (last >= BUSY && !items.isEmpty()) {
                gather();
            }
            List<Item> batch = new ArrayList<>(Math.min(items.size(), limits.batch()));
            while (!items.isEmpty() && batch.size() < limits.batch()) {
                batch.add(items.removeFirst());
            }
            full = false;
            last = batch.size();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void awaitItem(long millis) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(millis);
        while (items.isEmpty() && !closed && left > 0) {
            left = arrived.awaitNanos(left);
        }
    }

    private void gather() throws InterruptedException {
        long left = limits.age().toNanos();
        while (left > 0 && items.size() < limits.batch() && !closed && !full) {
            left = arrived.awaitNanos(left);
        }
    }

    /** Waits, but not past the arrival of an item. */
    void rest(long millis) {
        lock.lock();
        try {
            awaitItem(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is taken in any more; what waits is still given out. */
    void close() {
        lock.lock();
        try {
            closed = true;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether it is closed and empty. */
    boolean isEnded() {
        lock.lock();
        try {
            return closed && items.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    List<Item> drain() {
        lock.lock();
        try {
            List<Item> rest = List.copyOf(items);
            items.clear();
            return rest;
        } finally {
            lock.unlock();
        }
    }
}
