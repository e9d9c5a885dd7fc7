package dev.weft.it.federation;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.weft.proto.v1.Answer;
import dev.weft.proto.v1.AnswerEnd;
import dev.weft.proto.v1.AnswerHead;
import dev.weft.proto.v1.Edge;
import dev.weft.proto.v1.ProvenEntry;
import dev.weft.proto.v1.Question;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.Vertex;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The parts of one answer, sorted by what they are.
 *
 * @param head first
 * @param vertices in the order told
 * @param edges in the order told
 * @param rounds in the order told
 * @param entries log entries with their proofs, where they were asked for
 * @param end last
 * @param holds whether the node that was asked says that checkpoint, consistency and every proof hold; false where
 *     nobody checked
 */
public record Answers(
        AnswerHead head,
        List<Vertex> vertices,
        List<Edge> edges,
        List<RoundStatus> rounds,
        List<ProvenEntry> entries,
        AnswerEnd end,
        boolean holds) {

    static String json(Question question) {
        try {
            return JsonFormat.printer().print(question);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static Answers parse(JsonObject json) {
        List<Answer> parts = new ArrayList<>();
        for (JsonElement part : json.getAsJsonArray("answers")) {
            Answer.Builder answer = Answer.newBuilder();
            try {
                JsonFormat.parser().merge(part.toString(), answer);
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("not an Answer: " + part, e);
            }
            parts.add(answer.build());
        }
        boolean holds = json.has("checked")
                && json.getAsJsonObject("checked").get("holds").getAsBoolean();
        return of(parts, holds);
    }

    static Answers of(List<Answer> parts, boolean holds) {
        return new Answers(
                parts.stream()
                        .filter(Answer::hasHead)
                        .map(Answer::getHead)
                        .findFirst()
                        .orElseThrow(),
                parts.stream().filter(Answer::hasVertex).map(Answer::getVertex).toList(),
                parts.stream().filter(Answer::hasEdge).map(Answer::getEdge).toList(),
                parts.stream().filter(Answer::hasRound).map(Answer::getRound).toList(),
                parts.stream().filter(Answer::hasEntry).map(Answer::getEntry).toList(),
                parts.stream()
                        .filter(Answer::hasEnd)
                        .map(Answer::getEnd)
                        .reduce((a, b) -> b)
                        .orElseThrow(),
                holds);
    }

    /** The next page behind this one. */
    Answers and(Answers next) {
        return new Answers(
                head,
                join(vertices, next.vertices),
                join(edges, next.edges),
                join(rounds, next.rounds),
                join(entries, next.entries),
                next.end,
                holds && next.holds);
    }

    private static <T> List<T> join(List<T> first, List<T> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }
}
