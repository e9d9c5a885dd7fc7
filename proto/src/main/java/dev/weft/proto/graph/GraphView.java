package dev.weft.proto.graph;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.Vertex;
import java.util.List;
import java.util.Optional;

/**
 * What the projection asks of the graph so far. Each look-up is by key and answers from all entries projected before, in
 * any store. Not for concurrent use with a store that changes.
 */
public interface GraphView {
    Optional<Vertex> vertex(VertexRef ref);

    /** Whether that edge is stored, whatever its flags. */
    boolean hasLink(VertexRef from, VertexRef to, EdgeKind kind);

    /** Where walked edges lead from here; see {@link Walk}. */
    List<VertexRef> successors(VertexRef from);

    /** Whether any walked edge leads here. */
    boolean hasPredecessors(VertexRef to);

    /** A round without its sites. */
    Optional<RoundStatus> round(Digest id);

    /** The round that holds this place in a training line. */
    Optional<Digest> roundAt(String trainingLine, int number);

    /** Whose training line it is: the registrant of its rounds, who is the same for all of them. */
    Optional<MemberName> registrantOf(String trainingLine);

    Optional<Participation> site(Digest round, MemberName member);

    /** All sites that stand in the round, by name. */
    List<Participation> sites(Digest round);

    /** What this author made last with that digest. */
    Optional<VertexRef> newestGeneration(String digest, MemberName author);

    /** What was first made with that digest, by anybody. */
    Optional<Generation> firstGeneration(String digest);

    /** Whether more than one author made that digest. */
    boolean severalMade(String digest);

    /** The statement of an entry below the one that is projected. */
    Statement statement(long index);

    /** Log indexes of statements that wait for this round, ascending; they stay listed after it came. */
    List<Long> waiting(Digest round);
}
