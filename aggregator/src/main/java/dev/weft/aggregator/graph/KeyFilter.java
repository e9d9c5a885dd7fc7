package dev.weft.aggregator.graph;

import java.util.ArrayList;
import java.util.List;

/**
 * Bloom filters over the prints of keys, one for the vertices of each run of the highest level: most keys that are sought
 * while an entry is projected are new, and no run need be read for them. 12 bits a vertex, in memory.
 */
final class KeyFilter {
    private static final int BITS = 12 * Run.HIGHEST_SIZE;
    private static final int PROBES = 6;

    private final List<long[]> filters = new ArrayList<>();

    void add(int highest, long print) {
        while (filters.size() <= highest) {
            filters.add(new long[BITS / Long.SIZE]);
        }
        long[] filter = filters.get(highest);
        long hash = mixed(print);
        for (int i = 0; i < PROBES; i++) {
            int bit = bit(hash, i);
            filter[bit >>> 6] |= 1L << bit;
        }
    }

    boolean isEmpty() {
        return filters.isEmpty();
    }

    void clear() {
        filters.clear();
    }

    /** False only where no such print was added. */
    boolean mayHoldAnywhere(long print) {
        for (int i = 0; i < filters.size(); i++) {
            if (mayHold(i, print)) {
                return true;
            }
        }
        return false;
    }

    /** False only where no such print was added there. */
    boolean mayHold(int highest, long print) {
        if (highest >= filters.size()) {
            return false;
        }
        long[] filter = filters.get(highest);
        long hash = mixed(print);
        for (int i = 0; i < PROBES; i++) {
            int bit = bit(hash, i);
            if ((filter[bit >>> 6] & (1L << bit)) == 0) {
                return false;
            }
        }
        return true;
    }

    private static int bit(long hash, int probe) {
        int at = (int) hash + (probe * ((int) (hash >>> Integer.SIZE) | 1));
        return (int) (((at & 0xffff_ffffL) * BITS) >>> Integer.SIZE);
    }

    /** The finaliser of MurmurHash3: every bit depends on every other. */
    private static long mixed(long print) {
        long hash = print;
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return hash ^ (hash >>> 33);
    }
}
