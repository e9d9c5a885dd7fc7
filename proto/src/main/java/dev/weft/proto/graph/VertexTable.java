package dev.weft.proto.graph;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.VertexKind;
import java.util.Arrays;
import java.util.Objects;

/** Numbers for vertices, from 0 in order of first mention: kinds and keys in flat arrays, and an open hash table over them. */
final class VertexTable {
    private static final int FIRST = 1 << 10;
    private static final int SPREAD = 0x9E3779B9;

    private byte[] keys = new byte[FIRST * Digest.SIZE];
    private byte[] kinds = new byte[FIRST];
    /** At most half full. A slot is a vertex' hash above its number + 1, so that nearly all that is not there costs one look. */
    private long[] slots = new long[2 * FIRST];

    private int count;

    int count() {
        return count;
    }

    /** The vertex' number, or -1. */
    int find(VertexRef ref) {
        int hash = ref.hashCode();
        for (int slot = first(hash); slots[slot] != 0; slot = (slot + 1) & (slots.length - 1)) {
            int number = (int) slots[slot] - 1;
            if ((int) (slots[slot] >>> 32) == hash && is(number, ref)) {
                return number;
            }
        }
        return -1;
    }

    /** The vertex' number, a new one where it has none. */
    int number(VertexRef ref) {
        int found = find(ref);
        if (found >= 0) {
            return found;
        }
        if (count == kinds.length) {
            grow();
        }
        ref.key().copyTo(keys, count * Digest.SIZE);
        kinds[count] = (byte) ref.kind().getNumber();
        put(ref.hashCode(), count);
        return count++;
    }

    VertexRef ref(int number) {
        return new VertexRef(kind(number), Digest.of(keys, number * Digest.SIZE, Digest.SIZE));
    }

    VertexKind kind(int number) {
        return Objects.requireNonNull(VertexKind.forNumber(kinds[number]));
    }

    private boolean is(int number, VertexRef ref) {
        return kinds[number] == ref.kind().getNumber() && ref.key().isAt(keys, number * Digest.SIZE);
    }

    private int first(int hash) {
        return (hash * SPREAD) >>> (Integer.numberOfLeadingZeros(slots.length) + 1);
    }

    private void put(int hash, int number) {
        int slot = first(hash);
        while (slots[slot] != 0) {
            slot = (slot + 1) & (slots.length - 1);
        }
        slots[slot] = (long) hash << 32 | number + 1;
    }

    private void grow() {
        keys = Arrays.copyOf(keys, Math.multiplyExact(2, keys.length));
        kinds = Arrays.copyOf(kinds, 2 * kinds.length);
        long[] before = slots;
        slots = new long[2 * before.length];
        for (long slot : before) {
            if (slot != 0) {
                put((int) (slot >>> 32), (int) slot - 1);
            }
        }
    }
}
