package dev.weft.aggregator.graph;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.graph.Link;
import dev.weft.proto.graph.Projected;
import dev.weft.proto.graph.VertexRef;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Vertex;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Vertices and edges while entries are projected, with what was used last at hand. */
final class Vertices {
    private static final int CACHED_VERTICES = 16_384;
    private static final int CACHED_LINKS = 16_384;

    private final Statements db;
    private final long federation;
    private final BlockStore blocks;
    private final EdgeStore edges;
    private final Indexing indexing;
    private final Recent<VertexRef, Vertex> vertices = new Recent<>(CACHED_VERTICES);

    /** Edges that were said again: a site's preparation and its code stand in every round. */
    private final Recent<Ends, Boolean> again = new Recent<>(CACHED_LINKS);

    private record Ends(long from, long to, int kind) {}

    Vertices(Statements db, long federation, KeyFilter filter) throws SQLException {
        this.db = db;
        this.federation = federation;
        this.blocks = new BlockStore(db, federation);
        this.edges = new EdgeStore(db, federation);
        this.indexing = new Indexing(db, federation, blocks, edges, filter);
    }

    @Nullable
    Vertex find(VertexRef ref) throws SQLException {
        Vertex cached = vertices.get(ref);
        if (cached != null) {
            return cached;
        }
        OptionalLong number = indexing.number(ref);
        if (number.isEmpty()) {
            return null;
        }
        Vertex vertex = vertex(number.getAsLong());
        vertices.put(ref, vertex);
        return vertex;
    }

    /** The number of a vertex that was said; another is an IllegalStateException. */
    long number(VertexRef ref) throws SQLException {
        Vertex cached = vertices.get(ref);
        Long number =
                cached != null ? Long.valueOf(cached.getId()) : indexing.tail().number(ref);
        if (number != null) {
            return number;
        }
        Vertex vertex = find(ref);
        if (vertex == null) {
            throw new IllegalStateException("The projection names " + ref + ", which nobody said");
        }
        return vertex.getId();
    }

    /** The vertex of a number that is stored. */
    VertexRef ref(long id) throws SQLException {
        Vertex vertex = vertex(id);
        return new VertexRef(vertex.getKind(), Digest.of(vertex.getKey()));
    }

    private Vertex vertex(long id) throws SQLException {
        return blocks.holding(id).vertex(id);
    }

    /** Stores the vertices and edges of the next entry. */
    void store(Projected projected) throws SQLException {
        long first = indexing.last() + 1;
        List<Vertex> fresh = new ArrayList<>();
        List<Vertex> changed = new ArrayList<>();
        Map<VertexRef, Long> numbers = new HashMap<>();
        for (Projected.Said said : projected.vertices()) {
            if (said.fresh()) {
                numbers.put(said.ref(), first + fresh.size());
                fresh.add(said.vertex());
            } else if (!said.vertex().equals(find(said.ref()))) {
                changed.add(said.vertex());
                vertices.put(said.ref(), said.vertex());
            }
        }
        change(changed);
        List<Arc> arcs = new ArrayList<>();
        for (Link link : projected.links()) {
            Arc arc = arc(link, numbers);
            if (arc.from() >= first) {
                arcs.add(arc);
            } else {
                edges.insert(arc);
            }
        }
        if (!fresh.isEmpty()) {
            Block block = new Block(first, projected.index(), fresh, arcs);
            blocks.insert(block);
            label(block);
            // Not kept at hand: most of what is new is never spoken of again.
            indexing.add(block);
        }
    }

    private Arc arc(Link link, Map<VertexRef, Long> fresh) throws SQLException {
        return new Arc(
                number(link.from(), fresh),
                number(link.to(), fresh),
                link.kind().getNumber(),
                link.entry(),
                Arc.bits(link.flags()));
    }

    private long number(VertexRef ref, Map<VertexRef, Long> fresh) throws SQLException {
        Long number = fresh.get(ref);
        return number != null ? number : number(ref);
    }

    /** What one entry changes stands together mostly: each block is written once. */
    private void change(List<Vertex> changed) throws SQLException {
        Map<Long, Block> rewritten = new LinkedHashMap<>();
        for (Vertex vertex : changed) {
            long first = blocks.holding(vertex.getId()).first();
            Block block = rewritten.get(first);
            block = block == null ? blocks.holding(vertex.getId()) : block;
            rewritten.put(first, block.with(vertex));
        }
        for (Block block : rewritten.values()) {
            blocks.replace(block);
        }
    }

    private void label(Block fresh) throws SQLException {
        for (int i = 0; i < fresh.vertices().size(); i++) {
            Vertex vertex = fresh.vertices().get(i);
            boolean typed = switch (vertex.getKind()) {
                case MEMBER_VERTEX, ROUND_VERTEX, PUBLICATION_VERTEX -> true;
                case CONTENT_VERTEX -> Print.label(vertex.getLabel()).isEmpty();
                default -> false;
            };
            if (typed) {
                db.update(
                        "INSERT INTO vertex_label (federation, label, id) VALUES (?, ?, ?)",
                        federation,
                        vertex.getLabel(),
                        fresh.first() + i);
            }
        }
    }

    boolean hasLink(VertexRef from, VertexRef to, EdgeKind kind) throws SQLException {
        Vertex source = find(from);
        Vertex target = source == null ? null : find(to);
        if (source == null || target == null) {
            return false;
        }
        Ends ends = new Ends(source.getId(), target.getId(), kind.getNumber());
        if (again.get(ends) != null) {
            return true;
        }
        boolean stored = blocks.holding(ends.from())
                        .arcsFrom(ends.from())
                        .anyMatch(arc -> arc.to() == ends.to() && arc.kind() == ends.kind())
                || edges.holds(ends.from(), ends.to(), ends.kind());
        if (stored) {
            again.put(ends, true);
        }
        return stored;
    }

    /** Where walked edges lead from here, by number. */
    List<VertexRef> successors(VertexRef from) throws SQLException {
        Vertex source = find(from);
        if (source == null) {
            return List.of();
        }
        long id = source.getId();
        List<VertexRef> successors = new ArrayList<>();
        for (long next : (Iterable<Long>) Stream.concat(
                        blocks.holding(id).arcsFrom(id).filter(Arc::walked).map(Arc::to), edges.walkedFrom(id).stream())
                .sorted()::iterator) {
            successors.add(ref(next));
        }
        return successors;
    }

    boolean hasPredecessors(VertexRef to) throws SQLException {
        Vertex target = find(to);
        if (target == null) {
            return false;
        }
        long id = target.getId();
        return blocks.holding(id).arcsTo(id).anyMatch(Arc::walked)
                || indexing.tail().arcsTo(id).stream().anyMatch(Arc::walked)
                || edges.isWalkedTo(id);
    }
}
