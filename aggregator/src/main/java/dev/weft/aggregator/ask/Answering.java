package dev.weft.aggregator.ask;

import dev.weft.aggregator.graph.GraphQuery;
import dev.weft.aggregator.publish.PublishedHead;
import dev.weft.proto.v1.Answer;
import dev.weft.proto.v1.AnswerEnd;
import dev.weft.proto.v1.Edge;
import dev.weft.proto.v1.NotProven;
import dev.weft.proto.v1.Question;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.Vertex;
import dev.weft.proto.v1.VertexKind;
import java.sql.Connection;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/** One answer while it is told: the snapshot it is read from, and what was told so far. For one thread. */
final class Answering {
    private final Question question;
    private final Connection snapshot;
    private final long federation;
    private final GraphQuery graph;
    private final PublishedHead head;
    private final Consumer<Answer> out;
    private final SortedSet<Long> entries = new TreeSet<>();
    private final SortedSet<String> members = new TreeSet<>();
    private final AnswerEnd.Builder end = AnswerEnd.newBuilder();

    Answering(
            Question question,
            Connection snapshot,
            long federation,
            GraphQuery graph,
            PublishedHead head,
            Consumer<Answer> out) {
        this.question = question;
        this.snapshot = snapshot;
        this.federation = federation;
        this.graph = graph;
        this.head = head;
        this.out = out;
    }

    Question question() {
        return question;
    }

    GraphQuery graph() {
        return graph;
    }

    PublishedHead head() {
        return head;
    }

    Connection snapshot() {
        return snapshot;
    }

    long federation() {
        return federation;
    }

    /** Log indexes told so far: what a proof must cover. */
    SortedSet<Long> entries() {
        return entries;
    }

    SortedSet<String> members() {
        return members;
    }

    AnswerEnd.Builder end() {
        return end;
    }

    void tell(Answer part) {
        out.accept(part);
    }

    void tell(Vertex vertex) {
        entries.addAll(vertex.getEntriesList());
        if (isWord(vertex)) {
            members.add(vertex.getAuthor());
        }
        end.setVertices(end.getVertices() + 1);
        tell(Answer.newBuilder().setVertex(vertex).build());
    }

    /** Agents are the aggregator's word, and a content is nobody's: who named its digest first made nothing. */
    private static boolean isWord(Vertex vertex) {
        return vertex.getKind() != VertexKind.MEMBER_VERTEX && vertex.getKind() != VertexKind.CONTENT_VERTEX;
    }

    void tell(Edge edge) {
        entries.add(edge.getEntry());
        end.setEdges(end.getEdges() + 1);
        tell(Answer.newBuilder().setEdge(edge).build());
    }

    void tell(RoundStatus round) {
        entries.add(round.getRegisterEntry());
        if (round.getOpened()) {
            entries.add(round.getOpenEntry());
        }
        if (round.getClosed()) {
            entries.add(round.getCloseEntry());
        }
        entries.addAll(round.getClosePartEntriesList());
        members.add(round.getRegistrant());
        round.getSitesList().forEach(site -> {
            entries.addAll(site.getEntriesList());
            if (!site.getContribution().isEmpty()) {
                members.add(site.getMember());
            }
        });
        RoundParts.of(round)
                .forEach(part -> tell(Answer.newBuilder().setRound(part).build()));
    }

    void notProven(String code, String text) {
        end.addNotProven(NotProven.newBuilder().setCode(code).setText(text));
    }
}
