package dev.weft.proto.bundle;

import dev.weft.proto.graph.Link;
import dev.weft.proto.graph.MemoryGraph;
import dev.weft.proto.graph.VertexRef;
import dev.weft.proto.graph.Walk;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Vertex;
import dev.weft.proto.v1.VertexKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What stands behind a model in a graph.
 *
 * @param made its occurrences that somebody made
 * @param behind all that the walk met, those included
 * @param entries that said the edges walked
 */
record Lineage(List<VertexRef> made, Set<VertexRef> behind, SortedSet<Long> entries) {

    static Lineage of(MemoryGraph graph, String model) {
        List<VertexRef> made = new ArrayList<>();
        for (Vertex vertex : graph.vertices()) {
            if (vertex.getKind() == VertexKind.MODEL_VERTEX
                    && vertex.getArtifact().getDigest().equals(model)) {
                VertexRef ref =
                        new VertexRef(VertexKind.MODEL_VERTEX, dev.weft.proto.digest.Digest.of(vertex.getKey()));
                if (graph.linksFrom(ref).stream().anyMatch(Lineage::isMaking)) {
                    made.add(ref);
                }
            }
        }
        Set<VertexRef> behind = new LinkedHashSet<>(made);
        SortedSet<Long> entries = new TreeSet<>();
        Deque<VertexRef> open = new ArrayDeque<>(made);
        while (!open.isEmpty()) {
            for (Link link : graph.linksFrom(open.remove())) {
                if (Walk.follows(link.kind(), link.flags())) {
                    entries.add(link.entry());
                    if (behind.add(link.to())) {
                        open.add(link.to());
                    }
                }
            }
        }
        return new Lineage(made, behind, entries);
    }

    private static boolean isMaking(Link link) {
        return link.kind() == EdgeKind.WAS_GENERATED_BY && Walk.follows(link.kind(), link.flags());
    }
}
