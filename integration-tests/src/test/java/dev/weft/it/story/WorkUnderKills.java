package dev.weft.it.story;

import dev.weft.it.federation.RefusedException;
import dev.weft.it.federation.SiteNode;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Two sites that go on working whatever is killed beside them, and remember what was acknowledged. */
final class WorkUnderKills implements AutoCloseable {
    /** So that the sum of the work stays small enough to look at every piece of it. */
    private static final Duration PAUSE = Duration.ofMillis(20);

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Set<String> statements = ConcurrentHashMap.newKeySet();
    private final Set<String> records = ConcurrentHashMap.newKeySet();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger refused = new AtomicInteger();
    private volatile boolean over;

    private interface Piece {
        void work();
    }

    static WorkUnderKills begin(SiteNode coordinator, SiteNode hospital) {
        WorkUnderKills work = new WorkUnderKills();
        work.start(
                "stating",
                () -> work.statements.add(
                        SmallFederation.register(coordinator.client()).statement()));
        work.start("recording", () -> {
            String id = "killed-" + NUMBER.incrementAndGet();
            hospital.client().record(SmallFederation.dataset(id));
            work.records.add(id);
        });
        return work;
    }

    private void start(String name, Piece piece) {
        Thread thread = new Thread(
                () -> {
                    while (!over) {
                        try {
                            piece.work();
                        } catch (UncheckedIOException | RefusedException e) {
                            // It is gone or not there yet: what was under way was not acknowledged.
                            refused.incrementAndGet();
                        }
                        LockSupport.parkNanos(PAUSE.toNanos());
                    }
                },
                name);
        thread.start();
        threads.add(thread);
    }

    /** Ids of statements that the coordinator's node took. */
    Set<String> statements() {
        return statements;
    }

    /** External ids of records that the hospital's node took. */
    Set<String> records() {
        return records;
    }

    /** How often something was not acknowledged. */
    int refused() {
        return refused.get();
    }

    @Override
    public void close() {
        over = true;
        for (Thread thread : threads) {
            boolean interrupted = false;
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
