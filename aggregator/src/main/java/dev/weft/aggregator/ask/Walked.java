package dev.weft.aggregator.ask;

import dev.weft.aggregator.graph.GraphQuery;
import dev.weft.proto.VerificationException;
import dev.weft.proto.graph.VertexRef;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.v1.Edge;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.Question;
import dev.weft.proto.v1.Vertex;
import dev.weft.proto.v1.VertexKind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tells a page of vertices and the edges among them, in order of their numbers. */
final class Walked {
    /** Edges that are told where they begin, and not walked on from. */
    private static final Set<EdgeKind> ENDS = Set.of(
            EdgeKind.WAS_ATTRIBUTED_TO,
            EdgeKind.WAS_ASSOCIATED_WITH,
            EdgeKind.SPECIALIZATION_OF,
            EdgeKind.WAS_INVALIDATED_BY);

    private final Answering answering;
    private final GraphQuery graph;
    private final Question question;
    private final Map<String, Long> suspectFrom = new HashMap<>();

    private Walked(Answering answering) {
        this.answering = answering;
        this.graph = answering.graph();
        this.question = answering.question();
    }

    static void tell(Answering answering, Extent extent) throws SQLException, VerificationException {
        new Walked(answering).page(extent);
    }

    /** All that the pages of the answer tell together. */
    static Extent extent(Answering answering, List<Vertex> starts, Reach.Direction direction) throws SQLException {
        Reach reach = Reach.walk(
                answering.graph(), ids(starts), direction, answering.question().getDepth());
        return new Walked(answering).withEnds(reach);
    }

    private void page(Extent all) throws SQLException, VerificationException {
        long last = PageToken.lastNumber(question);
        int most = Limits.pageSize(question);
        int told = 0;
        for (long id : all.after(last)) {
            if (told == most) {
                answering.end().setNextPageToken(PageToken.print(question, Long.toString(last)));
                break;
            }
            Vertex vertex = graph.vertex(id);
            if (wanted(vertex)) {
                answering.tell(marked(vertex));
                edges(id, all);
                told++;
            }
            last = id;
        }
        if (all.cut()) {
            answering.notProven(
                    "depth-limit",
                    "More lies beyond the depth of " + question.getDepth()
                            + " edges that was asked for; it is not told.");
        }
    }

    private Extent withEnds(Reach reach) throws SQLException {
        Set<Long> all = new HashSet<>(reach.reached());
        List<Long> rounds = new ArrayList<>();
        for (long id : reach.reached()) {
            for (Edge edge : graph.edgesFrom(id)) {
                if (told(edge) && (ENDS.contains(edge.getKind()) || assertion(edge))) {
                    all.add(edge.getTo());
                }
            }
            if (question.getAssertions()) {
                graph.edgesTo(id).stream().filter(Walked::assertion).forEach(edge -> all.add(edge.getFrom()));
            }
            if (graph.vertex(id).getKind() == VertexKind.ROUND_VERTEX) {
                rounds.add(id);
            }
        }
        return new Extent(all, rounds, reach.cut());
    }

    private void edges(long from, Extent all) throws SQLException {
        for (Edge edge : graph.edgesFrom(from)) {
            if (told(edge)
                    && all.tells(edge.getTo())
                    && (question.getKindsCount() == 0 || wanted(graph.vertex(edge.getTo())))) {
                answering.tell(edge);
            }
        }
    }

    private boolean wanted(Vertex vertex) {
        return question.getKindsCount() == 0 || question.getKindsList().contains(vertex.getKind());
    }

    private boolean told(Edge edge) {
        return question.getAssertions() || !assertion(edge);
    }

    private static boolean assertion(Edge edge) {
        return edge.getFlagsList().contains(Flag.ASSERTION);
    }

    /** With SUSPECT where its author was revoked with entries of this vertex marked. */
    private Vertex marked(Vertex vertex) throws SQLException {
        if (!MemberName.isName(vertex.getAuthor())) {
            return vertex;
        }
        Long from = suspectFrom.get(vertex.getAuthor());
        if (from == null) {
            from = graph.vertex(VertexRef.member(new MemberName(vertex.getAuthor())))
                    .map(Vertex::getSuspectFrom)
                    .orElse(0L);
            suspectFrom.put(vertex.getAuthor(), from);
        }
        long mark = from;
        boolean suspect = mark > 0 && vertex.getEntriesList().stream().anyMatch(entry -> entry >= mark);
        return suspect ? vertex.toBuilder().addFlags(Flag.SUSPECT).build() : vertex;
    }

    /** Numbers of vertices. */
    static List<Long> ids(List<Vertex> vertices) {
        List<Long> ids = new ArrayList<>();
        vertices.forEach(vertex -> ids.add(vertex.getId()));
        return ids;
    }
}
