package dev.weft.proto.graph;

import dev.weft.proto.v1.EdgeKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds edges that would close a cycle. Nearly every edge begins at a vertex nothing leads to yet and costs one look-up;
 * only an edge from an older vertex, such as that of a closed round to a late contribution, is searched for.
 */
final class Cycles {
    /** More than the honest searches of one entry visit: beyond it edges count as closing a cycle: nobody buys time. */
    private static final int VISITED_AT_MOST = 20_000;

    private final GraphView view;
    private final Predicate<VertexRef> fresh;
    private final Map<VertexRef, List<Link>> drafted = new HashMap<>();
    private final Set<VertexRef> led = new HashSet<>();
    private int visited;

    /** @param fresh tells vertices that no entry before said */
    Cycles(GraphView view, Predicate<VertexRef> fresh) {
        this.view = view;
        this.fresh = fresh;
    }

    void add(Link link) {
        drafted.computeIfAbsent(link.from(), ref -> new ArrayList<>()).add(link);
        if (Walk.follows(link.kind(), link.flags())) {
            led.add(link.to());
        }
    }

    boolean drafted(VertexRef from, VertexRef to, EdgeKind kind) {
        return drafted.getOrDefault(from, List.of()).stream()
                .anyMatch(link -> link.kind() == kind && link.to().equals(to));
    }

    /**
     * Whether {@code to} leads back to {@code from}. What {@code from} leads to already cannot lead back, or the edge to it
     * would have been flagged: the search does not go there.
     */
    boolean wouldClose(VertexRef from, VertexRef to) {
        if (from.equals(to)) {
            return true;
        }
        if (!led.contains(from) && (fresh.test(from) || !view.hasPredecessors(from))) {
            return false;
        }
        Set<VertexRef> seen = new HashSet<>(successors(from));
        Deque<VertexRef> open = new ArrayDeque<>();
        if (seen.add(to)) {
            open.add(to);
        }
        while (!open.isEmpty()) {
            if (++visited > VISITED_AT_MOST) {
                return true;
            }
            for (VertexRef next : successors(open.remove())) {
                if (next.equals(from)) {
                    return true;
                }
                if (seen.add(next)) {
                    open.add(next);
                }
            }
        }
        return false;
    }

    private List<VertexRef> successors(VertexRef from) {
        List<VertexRef> all = new ArrayList<>(fresh.test(from) ? List.of() : view.successors(from));
        for (Link link : drafted.getOrDefault(from, List.of())) {
            if (Walk.follows(link.kind(), link.flags())) {
                all.add(link.to());
            }
        }
        return all;
    }
}
