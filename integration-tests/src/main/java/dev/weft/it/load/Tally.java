package dev.weft.it.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What came of the statements of one run, over all members. */
final class Tally {
    private long[] nanos = new long[1 << 16];
    private int count;
    private long submissions;
    private long submissionBytes;
    private long receiptBytes;
    private long checkpointBytes;
    private long checkpoints;
    private long lastNanoTime;
    private final List<String> failures = new ArrayList<>();

    synchronized void receipt(long latencyNanos, long now) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, count * 2);
        }
        nanos[count++] = latencyNanos;
        lastNanoTime = now;
    }

    synchronized void submission(long bytes) {
        submissions++;
        submissionBytes += bytes;
    }

    synchronized double bytesPerSubmission() {
        return submissions == 0 ? Double.NaN : (double) submissionBytes / submissions;
    }

    synchronized void receiptBytes(long bytes) {
        receiptBytes += bytes;
    }

    synchronized void checkpoint(long bytes) {
        checkpoints++;
        checkpointBytes += bytes;
    }

    synchronized void failure(String what) {
        failures.add(what);
    }

    synchronized List<String> failures() {
        return List.copyOf(failures);
    }

    synchronized int receipts() {
        return count;
    }

    synchronized long lastNanoTime() {
        return lastNanoTime;
    }

    synchronized double bytesPerReceipt() {
        return count == 0 ? Double.NaN : (double) receiptBytes / count;
    }

    synchronized double bytesPerCheckpoint() {
        return checkpoints == 0 ? Double.NaN : (double) checkpointBytes / checkpoints;
    }

    synchronized long checkpoints() {
        return checkpoints;
    }

    /** Milliseconds below which that part of the latencies lies; those that never came count as endless. */
    synchronized double percentile(double part, long expected) {
        int rank = (int) Math.ceil(part * Math.max(expected, count)) - 1;
        if (count == 0 || rank >= count) {
            return Double.POSITIVE_INFINITY;
        }
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return sorted[Math.max(rank, 0)] / 1e6;
    }
}
