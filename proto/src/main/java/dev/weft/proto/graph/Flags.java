package dev.weft.proto.graph;

import dev.weft.proto.v1.Flag;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

/** Sets of flags in the order of their numbers, so that equal sets print equal. */
final class Flags {
    private Flags() {}

    static Set<Flag> of(Collection<Flag> flags) {
        return flags.isEmpty() ? EnumSet.noneOf(Flag.class) : EnumSet.copyOf(flags);
    }

    static Set<Flag> union(Collection<Flag> some, Collection<Flag> others) {
        Set<Flag> all = of(some);
        all.addAll(others);
        return all;
    }

    static Set<Flag> without(Collection<Flag> flags, Flag gone) {
        Set<Flag> left = of(flags);
        left.remove(gone);
        return left;
    }
}
