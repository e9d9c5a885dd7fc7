package dev.weft.proto.graph;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Vertex;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The statement that is judged, and the draft it is judged into.
 *
 * @param index its log index, which is below the draft's where it waited for its round
 * @param agent the author's vertex
 */
record Entry(Draft draft, long index, Statement statement, MemberName author, VertexRef agent) {
    static Entry of(Draft draft, long index, Statement statement) {
        MemberName author = statement.author();
        return new Entry(draft, index, statement, author, VertexRef.member(author));
    }

    Digest id() {
        return statement.id();
    }

    /** The author's role, as its membership says it; empty for root, aggregator and strangers. */
    Optional<Role> role() {
        return draft.vertex(agent).map(Vertex::getRole);
    }

    /** Whether the author may take part in rounds. */
    boolean trains() {
        return role().filter(role -> role == Role.SITE || role == Role.COORDINATOR)
                .isPresent();
    }

    void say(VertexRef ref, String label, Set<Flag> flags) {
        say(ref, () -> vertex(label), flags);
    }

    /** @param fresh the vertex where nothing before said it */
    void say(VertexRef ref, Supplier<Vertex.Builder> fresh, Set<Flag> flags) {
        draft.say(ref, this, fresh, flags);
    }

    void link(VertexRef from, VertexRef to, EdgeKind kind) {
        link(from, to, kind, Set.of());
    }

    void link(VertexRef from, VertexRef to, EdgeKind kind, Set<Flag> flags) {
        draft.link(from, to, kind, index, flags);
    }

    static Vertex.Builder vertex(String label) {
        return Vertex.newBuilder().setLabel(label);
    }
}
