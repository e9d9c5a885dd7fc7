package dev.weft.it.load;

import dev.weft.it.federation.Daemon;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** How soon a daemon is ready and what it then occupies. */
final class Starts {
    private Starts() {}

    /** Seconds from the command to the ready line, by this process's clock: the median of so many starts. */
    static double readySeconds(Daemon daemon, int times) {
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            daemon.stop();
            long start = System.nanoTime();
            daemon.start();
            seconds.add((System.nanoTime() - start) / 1e9);
        }
        Collections.sort(seconds);
        return seconds.get(seconds.size() / 2);
    }

    /** Resident once it has been left alone for that long. */
    static double idleMegabytes(Daemon daemon, Duration rest) {
        long end = System.nanoTime() + rest.toNanos();
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(10_000_000);
        }
        return Kernel.residentMegabytes(daemon.runFile().pid());
    }
}
