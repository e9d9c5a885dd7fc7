package dev.weft.it.load;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** What work costs in processor time of one thread, whatever else the machine does: the best of some rounds. */
public final class ProcessorTime {
    private static final int ROUNDS = 10;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private ProcessorTime() {}

    /** Work that may fail. */
    @FunctionalInterface
    public interface Work {
        void run() throws Exception;
    }

    /** Microseconds of each of so many repetitions. */
    public static double micros(int repetitions, Work work) {
        double best = Double.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            best = Math.min(best, once(repetitions, work));
        }
        return best;
    }

    /** How often {@code work} could be done in the time of {@code other}: both measured in turns. */
    public static double share(int repetitions, Work other, Work work) {
        double bare = Double.MAX_VALUE;
        double whole = Double.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            bare = Math.min(bare, once(repetitions, other));
            whole = Math.min(whole, once(repetitions, work));
        }
        return bare / whole;
    }

    private static double once(int repetitions, Work work) {
        try {
            long start = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < repetitions; i++) {
                work.run();
            }
            return (THREADS.getCurrentThreadCpuTime() - start) / 1e3 / repetitions;
        } catch (Exception e) {
            throw new IllegalStateException("what is measured failed", e);
        }
    }
}
