package dev.weft.aggregator.ask;

import dev.weft.aggregator.graph.GraphQuery;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.graph.VertexRef;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.Vertex;
import dev.weft.proto.v1.VertexKind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What stands behind a thing. */
final class LineageAnswer {
    private LineageAnswer() {}

    static List<Vertex> starts(GraphQuery graph, String of) throws SQLException, VerificationException {
        List<Vertex> starts = new ArrayList<>();
        for (Vertex vertex : Starts.resolve(graph, of)) {
            starts.add(vertex.getKind() == VertexKind.ROUND_VERTEX ? output(graph, vertex) : vertex);
        }
        return starts;
    }

    /** Who asks for the lineage of a round means its output; an open round stands for itself. */
    private static Vertex output(GraphQuery graph, Vertex round) throws SQLException {
        Optional<RoundStatus> status = graph.round(Digest.of(round.getKey()));
        if (status.isEmpty() || status.get().getOutputVertex().isEmpty()) {
            return round;
        }
        return graph.vertex(new VertexRef(
                        VertexKind.MODEL_VERTEX, Digest.of(status.get().getOutputVertex())))
                .orElse(round);
    }
}
