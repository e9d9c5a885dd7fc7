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

/**
 * The statement that is judged, and the draft it is judged into.
 *
 * @param index its log index, which is below the draft's where it waited for its round
 */
record Entry(Draft draft, long index, Statement statement) {
    Digest id() {
        return statement.id();
    }

    MemberName author() {
        return statement.author();
    }

    VertexRef agent() {
        return VertexRef.member(author());
    }

    Optional<Role> role() {
        return draft.role(author());
    }

    /** Whether the author may take part in rounds. */
    boolean trains() {
        return role().filter(role -> role == Role.SITE || role == Role.COORDINATOR)
                .isPresent();
    }

    void say(VertexRef ref, String label, Set<Flag> flags) {
        say(ref, vertex(label), flags);
    }

    void say(VertexRef ref, Vertex.Builder fresh, Set<Flag> flags) {
        draft.say(ref, index, fresh.setAuthor(author().value()).build(), flags);
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
