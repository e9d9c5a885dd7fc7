package dev.weft.proto.graph;

import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Vertex;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One vertex that an entry touches: as it was before, and what the entry says of it so far. Found once, asked often. */
final class Touched {
    private final VertexRef ref;
    private final Optional<Vertex> before;
    private @Nullable Vertex now;
    private List<Link> links = List.of();
    private boolean ledTo;

    Touched(VertexRef ref, Optional<Vertex> before) {
        this.ref = ref;
        this.before = before;
    }

    VertexRef ref() {
        return ref;
    }

    /** Whether nothing before this entry said it: then nothing leads there or from there either. */
    boolean isNew() {
        return before.isEmpty();
    }

    Optional<Vertex> vertex() {
        return now == null ? before : Optional.of(now);
    }

    /** Whether this entry has not changed it yet. */
    boolean isUnchanged() {
        return now == null;
    }

    void change(Vertex vertex) {
        now = vertex;
    }

    /** Drafted edges from here. */
    List<Link> links() {
        return links;
    }

    void add(Link link) {
        if (links.isEmpty()) {
            links = new ArrayList<>(4);
        }
        links.add(link);
    }

    boolean hasLink(VertexRef to, EdgeKind kind) {
        for (Link link : links) {
            if (link.kind() == kind && link.to().equals(to)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a drafted, walked edge leads here. */
    boolean isLedTo() {
        return ledTo;
    }

    void leadTo() {
        ledTo = true;
    }
}
