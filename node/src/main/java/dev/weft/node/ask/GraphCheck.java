package dev.weft.node.ask;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.Answer;
import dev.weft.proto.v1.Edge;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.LinkKey;
import dev.weft.proto.v1.Membership;
import dev.weft.proto.v1.Vertex;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether the entries behind an answer say what its vertices and edges tell: each was said by the author that the answer
 * names, in an entry that holds what the vertex stands for. That an edge follows is the projection's word; only who projects
 * all entries of the scope can compute it.
 */
final class GraphCheck {
    private final Evidence evidence;
    private final Map<Long, String> authors = new HashMap<>();

    private GraphCheck(Evidence evidence) {
        this.evidence = evidence;
    }

    static void check(List<Answer> answers, Evidence evidence) throws VerificationException {
        GraphCheck check = new GraphCheck(evidence);
        for (Answer answer : answers) {
            if (answer.hasVertex()) {
                check.vertex(answer.getVertex());
            }
        }
        for (Answer answer : answers) {
            if (answer.hasEdge()) {
                check.edge(answer.getEdge());
            } else if (answer.hasRound()) {
                RoundCheck.check(answer.getRound(), evidence);
            }
        }
    }

    private void vertex(Vertex vertex) throws VerificationException {
        if (vertex.getEntriesCount() == 0) {
            throw Evidence.unfounded("tells '" + vertex.getLabel() + "' without an entry behind it");
        }
        for (long entry : vertex.getEntriesList()) {
            evidence.entry(entry);
        }
        long first = vertex.getEntries(0);
        if (!evidence.author(first).equals(vertex.getAuthor())) {
            throw Evidence.unfounded("lets " + vertex.getAuthor() + " say '" + vertex.getLabel() + "', but entry "
                    + first + " is by " + evidence.author(first));
        }
        if (!founded(vertex, first)) {
            throw Evidence.unfounded("tells '" + vertex.getLabel() + "', of which entry " + first + " says nothing");
        }
        authors.put(vertex.getId(), vertex.getAuthor());
    }

    private boolean founded(Vertex vertex, long first) throws VerificationException {
        return switch (vertex.getKind()) {
            case ROUND_VERTEX, CONTRIBUTION_VERTEX, EVALUATION_VERTEX, PUBLICATION_VERTEX, REVOCATION_VERTEX ->
                evidence.entry(first).statement().id().toByteString().equals(vertex.getKey());
            case MEMBER_VERTEX -> admits(first, vertex.getLabel());
            case CONTENT_VERTEX ->
                vertex.getLabel().startsWith("linkable:")
                        ? evidence.names(first, vertex.getKey())
                        : evidence.says(first, vertex.getLabel());
            case LINK_EPOCH_VERTEX ->
                evidence.entry(first).statement().predicate().orElse(null) instanceof LinkKey linkKey
                        && vertex.getLabel().equals("link epoch " + linkKey.getEpoch());
            default -> vertex.hasArtifact() && evidence.names(first, vertex.getArtifact());
        };
    }

    private boolean admits(long index, String member) throws VerificationException {
        Message predicate = evidence.entry(index).statement().predicate().orElse(null);
        try {
            return predicate instanceof Membership membership
                    && Invitation.parseFrom(membership.getInvitation().getInvitation())
                            .getMember()
                            .equals(member);
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }

    /** An edge is the word of one of its ends' authors; an assertion may be anybody's. */
    private void edge(Edge edge) throws VerificationException {
        String author = evidence.author(edge.getEntry());
        String from = authors.get(edge.getFrom());
        if (from == null) {
            throw Evidence.unfounded("tells an edge from a vertex that it does not tell");
        }
        // An end that stands on a later page is checked there.
        boolean theirs = author.equals(from) || author.equals(authors.getOrDefault(edge.getTo(), author));
        if (!theirs && !edge.getFlagsList().contains(Flag.ASSERTION)) {
            throw Evidence.unfounded(
                    "takes an edge from entry " + edge.getEntry() + " of " + author + ", whose word it is not");
        }
    }
}
