package dev.weft.proto.graph;

import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Flag;
import java.util.Collection;
import java.util.Set;

/** Which edges lineage and impact follow. */
public final class Walk {
    private static final Set<EdgeKind> WALKED =
            Set.of(EdgeKind.USED, EdgeKind.WAS_GENERATED_BY, EdgeKind.WAS_DERIVED_FROM, EdgeKind.ALTERNATE_OF);

    private Walk() {}

    /** Whether reachability goes through edges of this kind. ALTERNATE_OF joins two names of one thing, both ways. */
    public static boolean follows(EdgeKind kind) {
        return WALKED.contains(kind);
    }

    /** Whether reachability goes through this edge. */
    public static boolean follows(EdgeKind kind, Collection<Flag> flags) {
        return follows(kind) && !flags.contains(Flag.CYCLE) && !flags.contains(Flag.ASSERTION);
    }
}
