package dev.weft.proto.graph;

import java.util.Arrays;

/** Entries by number, in the order in which they were projected, which is that of their log indexes; what became of each. */
final class Effects {
    private static final int FIRST = 1 << 10;

    private long[] indexes = new long[FIRST];
    private Effect[] effects = new Effect[FIRST];
    private int count;

    /** The next entry, whose index is above all before. */
    void add(long index) {
        if (count == indexes.length) {
            indexes = Arrays.copyOf(indexes, 2 * count);
            effects = Arrays.copyOf(effects, 2 * count);
        }
        indexes[count] = index;
        effects[count++] = Effect.EFFECTIVE;
    }

    void set(long index, Effect effect) {
        effects[number(index)] = effect;
    }

    Effect get(long index) {
        return effects[number(index)];
    }

    /** The entry's number; mostly the last one is meant. */
    int number(long index) {
        if (count > 0 && indexes[count - 1] == index) {
            return count - 1;
        }
        int found = Arrays.binarySearch(indexes, 0, count, index);
        if (found < 0) {
            throw new IllegalArgumentException("Entry " + index + " is not projected");
        }
        return found;
    }

    /** The log index of an entry. */
    long index(int number) {
        return indexes[number];
    }

    int count() {
        return count;
    }
}
