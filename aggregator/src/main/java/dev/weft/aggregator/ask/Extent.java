package dev.weft.aggregator.ask;

import java.util.Arrays;
import java.util.Collection;

/** How far the answer to a question reaches, as numbers of vertices: all pages of it together. */
final class Extent {
    private final long[] told;
    private final long[] rounds;
    private final boolean cut;

    /**
     * @param told what is told, ends included
     * @param rounds the walked vertices that are rounds
     * @param cut whether the depth left something out
     */
    Extent(Collection<Long> told, Collection<Long> rounds, boolean cut) {
        this.told = sorted(told);
        this.rounds = sorted(rounds);
        this.cut = cut;
    }

    private static long[] sorted(Collection<Long> numbers) {
        return numbers.stream().mapToLong(Long::longValue).sorted().toArray();
    }

    boolean tells(long id) {
        return Arrays.binarySearch(told, id) >= 0;
    }

    /** What is told behind that vertex, in order. */
    long[] after(long id) {
        int place = Arrays.binarySearch(told, id);
        return Arrays.copyOfRange(told, place >= 0 ? place + 1 : -place - 1, told.length);
    }

    long[] rounds() {
        return rounds.clone();
    }

    boolean cut() {
        return cut;
    }

    int size() {
        return told.length;
    }
}
