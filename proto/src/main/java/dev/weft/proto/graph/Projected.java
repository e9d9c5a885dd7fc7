package dev.weft.proto.graph;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.Vertex;
import java.util.List;
import java.util.SortedMap;

/**
 * All that one entry changes in the graph, to be stored in one transaction.
 *
 * @param index log index of the entry
 * @param effects by log index: the entry's own, and that of earlier ones which waited for it
 * @param vertices new or changed, whole, {@code id} unset; the store numbers new ones in this order
 * @param links new edges, in order; an edge that is there already keeps its first entry
 * @param rounds new or changed, whole, sites left empty
 * @param sites new or changed
 * @param generations new, in order
 * @param waiting statements that had no effect because their round is not registered yet
 */
public record Projected(
        long index,
        SortedMap<Long, Effect> effects,
        List<Said> vertices,
        List<Link> links,
        List<RoundStatus> rounds,
        List<Participation> sites,
        List<Generation> generations,
        List<Waiting> waiting) {

    /**
     * A vertex and where it belongs.
     *
     * @param fresh whether no entry before said it
     */
    public record Said(VertexRef ref, Vertex vertex, boolean fresh) {}

    /** That the entry at {@code index} speaks of a round nobody has registered yet. */
    public record Waiting(Digest round, long index) {}
}
