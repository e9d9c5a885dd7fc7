package dev.weft.proto.graph;

import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Flag;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Edges between numbered vertices in flat arrays, each in two rings: that of all edges from its one end, and that of all to
 * its other. A vertex holds the last edge of each ring, which leads to the first, so that both are read in the order in which
 * they were said.
 */
final class LinkTable {
    private static final int FIRST = 1 << 12;
    private static final int NONE = -1;
    /** Stands in an edge's flags where no flag has a number: lineage follows it. */
    private static final int WALKED = 1;

    private int[] from = new int[FIRST];
    private int[] to = new int[FIRST];
    private int[] nextFrom = new int[FIRST];
    private int[] nextTo = new int[FIRST];
    private int[] entries = new int[FIRST];
    private short[] flags = new short[FIRST];
    private byte[] kinds = new byte[FIRST];
    private int count;

    private int[] lastFrom = {};
    private int[] lastTo = {};
    private int[] countFrom = {};
    private int[] countTo = {};

    int count() {
        return count;
    }

    /** Adds an edge; {@code entry} is the number of the entry that said it, {@code vertices} how many there are. */
    void add(int begin, int end, Link link, int entry, int vertices) {
        if (count == from.length) {
            grow();
        }
        if (vertices > lastFrom.length) {
            growVertices(Math.max(FIRST, 2 * vertices));
        }
        from[count] = begin;
        to[count] = end;
        entries[count] = entry;
        kinds[count] = (byte) link.kind().getNumber();
        flags[count] = (short) mask(link);
        enter(nextFrom, lastFrom, begin);
        enter(nextTo, lastTo, end);
        countFrom[begin]++;
        countTo[end]++;
        count++;
    }

    private void enter(int[] next, int[] last, int vertex) {
        int before = last[vertex];
        next[count] = before == NONE ? count : next[before];
        if (before != NONE) {
            next[before] = count;
        }
        last[vertex] = count;
    }

    private static int mask(Link link) {
        int mask = Walk.follows(link.kind(), link.flags()) ? WALKED : 0;
        for (Flag flag : link.flags()) {
            mask |= 1 << flag.getNumber();
        }
        return mask;
    }

    int from(int link) {
        return from[link];
    }

    int to(int link) {
        return to[link];
    }

    /** Number of the entry that said it. */
    int entry(int link) {
        return entries[link];
    }

    EdgeKind kind(int link) {
        return Objects.requireNonNull(EdgeKind.forNumber(kinds[link]));
    }

    /** Whether lineage follows it. */
    boolean isWalked(int link) {
        return (flags[link] & WALKED) != 0;
    }

    Set<Flag> flags(int link) {
        EnumSet<Flag> all = EnumSet.noneOf(Flag.class);
        for (int mask = flags[link] & ~WALKED; mask != 0; mask &= mask - 1) {
            all.add(Objects.requireNonNull(Flag.forNumber(Integer.numberOfTrailingZeros(mask))));
        }
        return all;
    }

    /** Shows the edges from a vertex, in order, until one of them is wanted; whether one was. */
    boolean anyFrom(int vertex, IntPredicate wanted) {
        return any(nextFrom, last(lastFrom, vertex), wanted);
    }

    /** Shows the edges to a vertex, in order, until one of them is wanted; whether one was. */
    boolean anyTo(int vertex, IntPredicate wanted) {
        return any(nextTo, last(lastTo, vertex), wanted);
    }

    /** Whether that edge is there, looked for at that end which has fewer. */
    boolean has(int begin, int end, EdgeKind kind) {
        if (begin >= lastFrom.length || end >= lastTo.length) {
            return false;
        }
        IntPredicate same = link -> from[link] == begin && to[link] == end && kinds[link] == kind.getNumber();
        return countFrom[begin] <= countTo[end] ? anyFrom(begin, same) : anyTo(end, same);
    }

    /** None, too, for a vertex that nothing names: its number is negative. */
    private static int last(int[] last, int vertex) {
        return vertex >= 0 && vertex < last.length ? last[vertex] : NONE;
    }

    private static boolean any(int[] next, int last, IntPredicate wanted) {
        if (last == NONE) {
            return false;
        }
        int link = last;
        do {
            link = next[link];
            if (wanted.test(link)) {
                return true;
            }
        } while (link != last);
        return false;
    }

    private void grow() {
        int size = Math.multiplyExact(2, from.length);
        from = Arrays.copyOf(from, size);
        to = Arrays.copyOf(to, size);
        nextFrom = Arrays.copyOf(nextFrom, size);
        nextTo = Arrays.copyOf(nextTo, size);
        entries = Arrays.copyOf(entries, size);
        flags = Arrays.copyOf(flags, size);
        kinds = Arrays.copyOf(kinds, size);
    }

    private void growVertices(int size) {
        int before = lastFrom.length;
        lastFrom = Arrays.copyOf(lastFrom, size);
        lastTo = Arrays.copyOf(lastTo, size);
        Arrays.fill(lastFrom, before, size, NONE);
        Arrays.fill(lastTo, before, size, NONE);
        countFrom = Arrays.copyOf(countFrom, size);
        countTo = Arrays.copyOf(countTo, size);
    }
}
