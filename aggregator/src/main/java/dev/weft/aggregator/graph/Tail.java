package dev.weft.aggregator.graph;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.graph.VertexRef;
import dev.weft.proto.v1.Vertex;
import dev.weft.proto.v1.VertexKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The newest blocks, not yet in the sorted runs nor in {@code edge_back}: what is sought there is sought here as well. */
final class Tail {
    private final Map<VertexRef, Long> numbers = new LinkedHashMap<>();
    private final Map<Long, String> labels = new LinkedHashMap<>();
    private final Map<Long, List<Arc>> byEnd = new HashMap<>();

    void add(Block block) {
        long id = block.first();
        for (Vertex vertex : block.vertices()) {
            numbers.put(new VertexRef(vertex.getKind(), Digest.of(vertex.getKey())), id);
            if (vertex.getKind() == VertexKind.CONTENT_VERTEX) {
                labels.put(id, vertex.getLabel());
            }
            id++;
        }
        for (Arc arc : block.arcs()) {
            if (!block.holds(arc.to()) && arc.isSoughtFromItsEnd()) {
                byEnd.computeIfAbsent(arc.to(), to -> new ArrayList<>()).add(arc);
            }
        }
    }

    void clear() {
        numbers.clear();
        labels.clear();
        byEnd.clear();
    }

    @Nullable
    Long number(VertexRef ref) {
        return numbers.get(ref);
    }

    /** From vertices of the tail to one of another block. */
    List<Arc> arcsTo(long id) {
        return byEnd.getOrDefault(id, List.of());
    }

    List<Arc> arcs() {
        return byEnd.values().stream().flatMap(List::stream).toList();
    }

    List<Place> keys() {
        List<Place> keys = new ArrayList<>(numbers.size());
        numbers.forEach((ref, id) -> keys.add(new Place(Print.key(ref), id)));
        return keys;
    }

    List<Place> labels() {
        List<Place> places = new ArrayList<>(labels.size());
        labels.forEach((id, label) -> {
            OptionalLong print = Print.label(label);
            if (print.isPresent()) {
                places.add(new Place(print.getAsLong(), id));
            }
        });
        return places;
    }
}
