package dev.weft.proto.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Finds edges that would close a cycle. Nearly every edge begins at a vertex nothing leads to yet and costs one look-up;
 * only an edge from an older vertex, such as that of a closed round to a late contribution, is searched for.
 */
final class Cycles {
    /** More than the honest searches of one entry visit: beyond it edges count as closing a cycle: nobody buys time. */
    private static final int VISITED_AT_MOST = 20_000;

    private final GraphView view;
    private final Function<VertexRef, Touched> draft;
    private int visited;

    /** @param draft gives what the entry drafts so far */
    Cycles(GraphView view, Function<VertexRef, Touched> draft) {
        this.view = view;
        this.draft = draft;
    }

    /**
     * Whether {@code to} leads back to {@code from}. What {@code from} leads to already cannot lead back, or the edge to it
     * would have been flagged: the search does not go there.
     */
    boolean wouldClose(Touched from, VertexRef to) {
        if (from.ref().equals(to)) {
            return true;
        }
        if (!from.isLedTo() && (from.isNew() || !view.hasPredecessors(from.ref()))) {
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
            for (VertexRef next : successors(draft.apply(open.remove()))) {
                if (next.equals(from.ref())) {
                    return true;
                }
                if (seen.add(next)) {
                    open.add(next);
                }
            }
        }
        return false;
    }

    private List<VertexRef> successors(Touched from) {
        List<VertexRef> all = new ArrayList<>(from.isNew() ? List.of() : view.successors(from.ref()));
        for (Link link : from.links()) {
            if (Walk.follows(link.kind(), link.flags())) {
                all.add(link.to());
            }
        }
        return all;
    }
}
