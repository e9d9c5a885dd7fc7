package dev.weft.it.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds any of very many byte strings in one pass. Each pattern is filed under one of its windows of six bytes, the one
 * that fewest others share; a six-byte window rolls over the data, a bit filter says no almost always, and the rest is
 * compared in full.
 */
final class Patterns {

    /** Patterns are at least this long. */
    static final int WINDOW = 6;

    private static final int TRIED = 8;
    private static final long MASK = (1L << 48) - 1;

    private final List<byte[]> patterns;
    private final int[] windowAt;
    private final Map<Long, int[]> byWindow;
    private final long[] filter;
    private final int shift;

    Patterns(List<byte[]> patterns) {
        this.patterns = List.copyOf(patterns);
        this.windowAt = new int[patterns.size()];
        this.byWindow = file();
        int bits =
                Math.max(10, 67 - Long.numberOfLeadingZeros(Math.max(1, byWindow.size()))); // 8 bits a window or more
        this.shift = 64 - bits;
        this.filter = new long[1 << (bits - 6)];
        byWindow.keySet().forEach(this::mark);
    }

    /** Gets the pattern's number and where it begins. */
    interface Hit {
        void at(int pattern, int offset);
    }

    void scan(byte[] data, Hit hit) {
        long window = 0;
        for (int i = 0; i < data.length; i++) {
            window = ((window << 8) | (data[i] & 0xFF)) & MASK;
            if (i >= WINDOW - 1 && marked(window)) {
                compare(data, i - WINDOW + 1, window, hit);
            }
        }
    }

    private void compare(byte[] data, int at, long window, Hit hit) {
        int[] candidates = byWindow.get(window);
        if (candidates == null) {
            return;
        }
        for (int candidate : candidates) {
            byte[] pattern = patterns.get(candidate);
            int start = at - windowAt[candidate];
            int end = start + pattern.length;
            if (start >= 0 && end <= data.length && Arrays.equals(pattern, 0, pattern.length, data, start, end)) {
                hit.at(candidate, start);
            }
        }
    }

    private Map<Long, int[]> file() {
        Map<Long, List<Integer>> filed = new HashMap<>();
        for (int p = 0; p < patterns.size(); p++) {
            byte[] pattern = patterns.get(p);
            if (pattern.length < WINDOW) {
                throw new IllegalArgumentException("a pattern of " + pattern.length + " bytes, not " + WINDOW);
            }
            windowAt[p] = rarest(pattern, filed);
            filed.computeIfAbsent(window(pattern, windowAt[p]), key -> new ArrayList<>())
                    .add(p);
        }
        Map<Long, int[]> dense = new HashMap<>(filed.size() * 2);
        filed.forEach((key, list) ->
                dense.put(key, list.stream().mapToInt(Integer::intValue).toArray()));
        return dense;
    }

    private static int rarest(byte[] pattern, Map<Long, List<Integer>> filed) {
        int best = 0;
        int fewest = Integer.MAX_VALUE;
        int last = pattern.length - WINDOW;
        for (int t = 0; t < TRIED && fewest > 0; t++) {
            int at = last * t / (TRIED - 1);
            int others = filed.getOrDefault(window(pattern, at), List.of()).size();
            if (others < fewest) {
                fewest = others;
                best = at;
            }
        }
        return best;
    }

    private static long window(byte[] bytes, int at) {
        long window = 0;
        for (int i = at; i < at + WINDOW; i++) {
            window = (window << 8) | (bytes[i] & 0xFF);
        }
        return window;
    }

    private void mark(long window) {
        int bit = slot(window);
        filter[bit >>> 6] |= 1L << bit;
    }

    private boolean marked(long window) {
        int bit = slot(window);
        return (filter[bit >>> 6] & (1L << bit)) != 0;
    }

    private int slot(long window) {
        return (int) ((window * 0x9E3779B97F4A7C15L) >>> shift); // Fibonacci hashing
    }
}
