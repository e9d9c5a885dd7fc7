package dev.weft.aggregator.graph;

import dev.weft.proto.graph.Walk;
import dev.weft.proto.v1.Edge;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Flag;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * An edge between numbered vertices.
 *
 * @param kind number of a {@link EdgeKind}
 * @param entry log index of the entry that said it
 * @param flags bit n: {@link Flag} number n
 */
record Arc(long from, long to, int kind, long entry, long flags) {
    boolean walked() {
        return Walk.follows(edgeKind(), flags == 0 ? List.of() : flagList(flags));
    }

    /** Whether anybody comes to it from its end: nobody walks on from an agent. */
    boolean isSoughtFromItsEnd() {
        return flags != 0 || (kind != EdgeKind.WAS_ATTRIBUTED_TO_VALUE && kind != EdgeKind.WAS_ASSOCIATED_WITH_VALUE);
    }

    private EdgeKind edgeKind() {
        return Objects.requireNonNull(EdgeKind.forNumber(kind));
    }

    Edge edge() {
        return Edge.newBuilder()
                .setFrom(from)
                .setTo(to)
                .setKind(edgeKind())
                .setEntry(entry)
                .addAllFlags(flagList(flags))
                .build();
    }

    static long bits(Collection<Flag> flags) {
        long bits = 0;
        for (Flag flag : flags) {
            bits |= 1L << flag.getNumber();
        }
        return bits;
    }

    /** In order of their numbers. */
    static List<Flag> flagList(long bits) {
        List<Flag> flags = new ArrayList<>();
        for (long left = bits; left != 0; left &= left - 1) {
            flags.add(Objects.requireNonNull(Flag.forNumber(Long.numberOfTrailingZeros(left))));
        }
        return flags;
    }
}
