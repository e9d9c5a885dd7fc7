package dev.weft.aggregator.accept;

import dev.weft.proto.statement.OpenedEnvelope;
import java.sql.Connection;
import java.sql.SQLException;

/** Takes the entries of the log, each once and in order, on the thread that writes. */
public interface ProjectionSink {
    /**
     * Stores what the entry says. Runs inside a transaction that the caller ends; must not commit or roll back.
     *
     * @param writer the connection of the transaction
     */
    void project(Connection writer, long index, OpenedEnvelope entry) throws SQLException;

    /** What was stored since the last commit was undone: whatever memory holds of it is void. */
    void rolledBack();
}
