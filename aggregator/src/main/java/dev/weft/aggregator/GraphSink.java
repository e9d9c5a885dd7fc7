package dev.weft.aggregator;

import dev.weft.aggregator.accept.ProjectionSink;
import dev.weft.aggregator.graph.GraphStore;
import dev.weft.proto.statement.OpenedEnvelope;
import java.sql.Connection;
import java.sql.SQLException;

/** Hands the log's entries to the graph. */
record GraphSink(GraphStore graph) implements ProjectionSink {
    @Override
    public void project(Connection writer, long index, OpenedEnvelope entry) throws SQLException {
        graph.project(writer, index, entry.statement());
    }

    @Override
    public void rolledBack() {
        graph.rolledBack();
    }
}
