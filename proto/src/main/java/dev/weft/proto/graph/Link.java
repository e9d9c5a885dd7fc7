package dev.weft.proto.graph;

import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Flag;
import java.util.Set;

/**
 * An edge before the store has given its ends numbers. The same ends and kind are one edge; the first entry that said it
 * keeps it.
 *
 * @param from the later thing
 * @param to the earlier thing
 * @param entry log index of the entry that said it
 * @param flags a flagged {@link Flag#ASSERTION} or {@link Flag#CYCLE} edge is stored and never walked
 */
public record Link(VertexRef from, VertexRef to, EdgeKind kind, long entry, Set<Flag> flags) {
    public Link {
        flags = Set.copyOf(flags);
    }
}
