package dev.weft.aggregator.ask;

import dev.weft.aggregator.graph.GraphQuery;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.graph.VertexRef;
import dev.weft.proto.v1.Edge;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.Vertex;
import dev.weft.proto.v1.VertexKind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the text of a question names: a digest's occurrences, a round, or the vertex whose key begins so. */
final class Starts {
    private static final Pattern ROUND = Pattern.compile("([a-z0-9][a-z0-9._-]*)/([1-9][0-9]{0,8})");
    private static final Pattern HEX = Pattern.compile("(?:commitment:|linkable:)?([0-9a-f]{8,64})");
    private static final int CANDIDATES = 8;

    private Starts() {}

    /** The vertices that {@code text} names, at least one. */
    static List<Vertex> resolve(GraphQuery graph, String text) throws VerificationException, SQLException {
        if (text.isBlank()) {
            throw new VerificationException(
                    Reason.MISSING_FIELD,
                    "Say what the question is about: a digest, a round as line/number, or at least 8 hex digits of an id.");
        }
        Matcher round = ROUND.matcher(text);
        if (round.matches()) {
            return List.of(round(graph, round.group(1), Integer.parseInt(round.group(2))));
        }
        Optional<ContentDigest> digest = digest(text);
        if (digest.isPresent()) {
            return occurrences(graph, VertexRef.content(text), text);
        }
        Matcher hex = HEX.matcher(text);
        if (hex.matches()) {
            return byKey(graph, hex.group(1));
        }
        throw new VerificationException(
                Reason.MALFORMED,
                "'" + shortened(text)
                        + "' is no digest, no round (line/number) and no id of at least 8 lower-case hex digits.");
    }

    private static Vertex round(GraphQuery graph, String line, int number) throws VerificationException, SQLException {
        Optional<RoundStatus> round = graph.round(line, number);
        if (round.isEmpty()) {
            throw new VerificationException(
                    Reason.NOT_FOUND,
                    "The log holds no round " + line + "/" + number + "; ask for the rounds to see which there are.");
        }
        return graph.vertex(VertexRef.round(Digest.of(round.get().getId()))).orElseThrow();
    }

    private static List<Vertex> byKey(GraphQuery graph, String hex) throws VerificationException, SQLException {
        List<Vertex> found = graph.withKeyPrefix(hex, 0, CANDIDATES * 2);
        if (found.isEmpty()) {
            throw notFound(hex);
        }
        if (found.stream().map(Vertex::getKey).distinct().count() > 1) {
            String candidates = found.stream()
                    .limit(CANDIDATES)
                    .map(vertex ->
                            HexFormat.of().formatHex(vertex.getKey().toByteArray()) + " (" + vertex.getLabel() + ")")
                    .collect(Collectors.joining(", "));
            throw new VerificationException(
                    Reason.DUPLICATE, "'" + hex + "' names several things, give more digits: " + candidates);
        }
        Vertex vertex = found.get(0);
        return vertex.getKind() == VertexKind.CONTENT_VERTEX
                ? occurrences(graph, new VertexRef(vertex.getKind(), Digest.of(vertex.getKey())), hex)
                : found;
    }

    /**
     * All that specialise a content. Where some of them stand in rounds these are meant: that somebody else says it made the
     * same bytes answers nothing about the round's model.
     */
    private static List<Vertex> occurrences(GraphQuery graph, VertexRef content, String text)
            throws VerificationException, SQLException {
        Optional<Vertex> vertex = graph.vertex(content);
        if (vertex.isEmpty()) {
            throw notFound(text);
        }
        List<Vertex> all = new ArrayList<>();
        for (Edge edge : graph.edgesTo(vertex.get().getId())) {
            if (edge.getKind() == EdgeKind.SPECIALIZATION_OF) {
                all.add(graph.vertex(edge.getFrom()));
            }
        }
        List<Vertex> inRounds = all.stream()
                .filter(occurrence -> !occurrence.getTrainingLine().isEmpty())
                .toList();
        return inRounds.isEmpty() ? all : inRounds;
    }

    private static Optional<ContentDigest> digest(String text) {
        try {
            return Optional.of(ContentDigest.parse(text));
        } catch (VerificationException e) {
            return Optional.empty();
        }
    }

    private static VerificationException notFound(String text) {
        return new VerificationException(
                Reason.NOT_FOUND,
                "Nothing in the graph is called '" + shortened(text)
                        + "'. It may not be projected yet, be private to a site (ask by its commitment), or never have been stated.");
    }

    private static String shortened(String text) {
        return text.length() > 100 ? text.substring(0, 100) + "..." : text;
    }
}
