package dev.weft.aggregator.graph;

import java.util.ArrayList;
import java.util.List;

/**
 * One sorted run: which vertices it covers follows from its place alone. Segments of 2,048 numbers make runs of level 0,
 * sixteen of these one of level 1, and sixteen of those one of level 2, which stays. So that where a graph ends says what
 * runs it has, however it came there.
 *
 * @param number of its kind, from 0
 */
record Run(int level, long number) {
    static final int HIGHEST = 2;
    static final int FAN = 16;

    private static final int SEGMENT = 2_048;

    /** How many vertices stand in a run of the highest level, about. */
    static final int HIGHEST_SIZE = FAN * FAN * SEGMENT;

    /** The run of level 0 that this vertex is to stand in: that of the first vertex of its block. */
    static long segment(long first) {
        return (first - 1) / SEGMENT;
    }

    /** Vertices up to this number stand in runs where {@code last} is the newest; those above are the tail. */
    static long indexed(long last) {
        return segment(last + 1) * SEGMENT;
    }

    /** How many segments one run of that level covers. */
    static long segments(int level) {
        return level == 0 ? 1 : FAN * segments(level - 1);
    }

    /** All runs of a graph whose newest vertex is {@code last}, the newest first. */
    static List<Run> all(long last) {
        List<Run> all = new ArrayList<>();
        long end = segment(last + 1);
        for (int level = 0; level <= HIGHEST; level++) {
            long size = segments(level);
            long from = level == HIGHEST ? 0 : end / (size * FAN) * FAN;
            for (long number = end / size - 1; number >= from; number--) {
                all.add(new Run(level, number));
            }
        }
        return all;
    }

    /** Numbers in it are above this one. */
    long base() {
        return number * segments(level) * SEGMENT;
    }

    /** Of the run of the highest level that holds it or will. */
    int highest() {
        return (int) (number * segments(level) / segments(HIGHEST));
    }
}
