package dev.weft.aggregator.graph;

import dev.weft.proto.v1.Vertex;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What one entry named first: vertices with consecutive numbers, and the edges from them that it said.
 *
 * @param first number of the first vertex
 * @param entry log index of the entry
 * @param vertices with their numbers once they were read; a new block's have none yet
 */
record Block(long first, long entry, List<Vertex> vertices, List<Arc> arcs) {
    /** Number of the last vertex. */
    long last() {
        return first + vertices.size() - 1;
    }

    boolean holds(long id) {
        return id >= first && id <= last();
    }

    Vertex vertex(long id) {
        return vertices.get((int) (id - first));
    }

    /** With another vertex in the place of the one of that number. */
    Block with(Vertex changed) {
        List<Vertex> all = new ArrayList<>(vertices);
        all.set((int) (changed.getId() - first), changed);
        return new Block(first, entry, all, arcs);
    }

    Stream<Arc> arcsFrom(long id) {
        return arcs.stream().filter(arc -> arc.from() == id);
    }

    /** From vertices of this block. */
    Stream<Arc> arcsTo(long id) {
        return arcs.stream().filter(arc -> arc.to() == id);
    }
}
