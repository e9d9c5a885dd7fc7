package dev.weft.it.load;

import dev.weft.it.federation.Daemon;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** How soon a daemon is ready and what it then occupies. */
final class Starts {
    private Starts() {}

    /**
     * How soon, and for how much of a processor: on a busy machine the second says more.
     *
     * @param seconds from the command to the ready line
     * @param processorSeconds of the process until then
     */
    record Ready(double seconds, double processorSeconds) {}

    /** By this process's clock: the median of so many starts. */
    static Ready ready(Daemon daemon, int times) {
        List<Ready> all = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            daemon.stop();
            long start = System.nanoTime();
            daemon.start();
            double seconds = (System.nanoTime() - start) / 1e9;
            all.add(new Ready(seconds, Kernel.processorSeconds(daemon.runFile().pid())));
        }
        all.sort(Comparator.comparingDouble(Ready::seconds));
        return all.get(all.size() / 2);
    }

    /** Resident once it has been left alone for that long. */
    static double idleMegabytes(Daemon daemon, Duration rest) {
        rest(rest);
        return Kernel.residentMegabytes(daemon.runFile().pid());
    }

    /** Does nothing for that long. */
    static void rest(Duration rest) {
        long end = System.nanoTime() + rest.toNanos();
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(10_000_000);
        }
    }
}
