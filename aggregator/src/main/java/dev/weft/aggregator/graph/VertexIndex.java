package dev.weft.aggregator.graph;

import dev.weft.proto.graph.VertexRef;
import dev.weft.proto.v1.Vertex;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** Which vertex bears a key or a label: over the sorted runs, and the tail in memory. Nothing may change under it. */
final class VertexIndex {
    private final BlockStore blocks;
    private final PlaceStore keys;
    private final PlaceStore labels;
    private final Tail tail = new Tail();
    private final List<Run> runs;

    /** Reads the tail. */
    VertexIndex(Statements db, long federation, BlockStore blocks) throws SQLException {
        this.blocks = blocks;
        this.keys = new PlaceStore(db, federation, PlaceStore.Space.KEY);
        this.labels = new PlaceStore(db, federation, PlaceStore.Space.LABEL);
        long last = blocks.last();
        this.runs = Run.all(last);
        blocks.above(Run.indexed(last), tail::add);
    }

    Tail tail() {
        return tail;
    }

    OptionalLong number(VertexRef ref) throws SQLException {
        Long inTail = tail.number(ref);
        if (inTail != null) {
            return OptionalLong.of(inTail);
        }
        long print = Print.key(ref);
        for (Run run : runs) {
            OptionalLong number = number(ref, print, run, keys, blocks);
            if (number.isPresent()) {
                return number;
            }
        }
        return OptionalLong.empty();
    }

    /** The vertex of that key in one run, if it is there. */
    static OptionalLong number(VertexRef ref, long print, Run run, PlaceStore keys, BlockStore blocks)
            throws SQLException {
        for (Place place : keys.find(run, new Print.Range(print, print))) {
            Vertex vertex = blocks.holding(place.id()).vertex(place.id());
            if (vertex.getKind() == ref.kind()
                    && vertex.getKey().equals(ref.key().toByteString())) {
                return OptionalLong.of(place.id());
            }
        }
        return OptionalLong.empty();
    }

    /** Vertices above a number whose key begins with these digits, by their numbers. */
    List<Vertex> withKeyPrefix(String hex, long after, int most) throws SQLException {
        return found(
                keys,
                List.of(Print.keys(hex)),
                tail.keys(),
                vertex ->
                        HexFormat.of().formatHex(vertex.getKey().toByteArray()).startsWith(hex),
                new Cut(after, most));
    }

    /** Contents above a number whose label begins so, by their numbers. */
    List<Vertex> contentsWithLabelPrefix(String prefix, long after, int most) throws SQLException {
        return found(
                labels,
                Print.labels(prefix),
                tail.labels(),
                vertex -> vertex.getLabel().startsWith(prefix),
                new Cut(after, most));
    }

    private record Cut(long after, int most) {}

    private List<Vertex> found(
            PlaceStore store, List<Print.Range> ranges, List<Place> inTail, Predicate<Vertex> wanted, Cut cut)
            throws SQLException {
        List<Place> places = new ArrayList<>();
        for (Print.Range range : ranges) {
            for (Run run : runs) {
                places.addAll(store.find(run, range));
            }
            inTail.stream().filter(range::holds).forEach(places::add);
        }
        List<Vertex> found = new ArrayList<>();
        long[] ids = places.stream()
                .mapToLong(Place::id)
                .filter(id -> id > cut.after())
                .sorted()
                .toArray();
        for (int i = 0; i < ids.length && found.size() < cut.most(); i++) {
            Vertex vertex = blocks.holding(ids[i]).vertex(ids[i]);
            if (wanted.test(vertex)) {
                found.add(vertex);
            }
        }
        return found;
    }
}
