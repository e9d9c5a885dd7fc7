package dev.weft.aggregator.graph;

import dev.weft.proto.graph.Projected;
import dev.weft.proto.graph.Projection;
import dev.weft.proto.statement.Statement;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Writes the graph, inside the caller's transaction. For the one thread that writes the log; {@link #rolledBack} after a
 * transaction that did not commit.
 */
public final class GraphStore {
    private final long federation;
    private final KeyFilter filter = new KeyFilter();
    private @Nullable Writing writing;

    /** What holds for one connection, until a transaction is lost. */
    private record Writing(Statements db, Vertices vertices, RoundStore rounds, ViewQuery view) {}

    public GraphStore(long federation) {
        this.federation = federation;
    }

    /** Projects the next entry and stores what comes of it. */
    public void project(Connection writer, long index, Statement statement) throws SQLException {
        Writing on = on(writer);
        try {
            Projected projected = Projection.project(index, statement, on.view());
            on.vertices().store(projected);
            on.rounds().store(projected);
        } catch (ViewQuery.GraphUnreadable e) {
            throw e.getCause();
        }
    }

    private Writing on(Connection writer) throws SQLException {
        Writing now = writing;
        if (now != null && now.db().of(writer)) {
            return now;
        }
        rolledBack();
        Statements db = new Statements(writer);
        Vertices vertices = new Vertices(db, federation, filter);
        RoundStore rounds = new RoundStore(db, federation, vertices);
        now = new Writing(db, vertices, rounds, new ViewQuery(writer, federation, vertices, rounds));
        writing = now;
        return now;
    }

    /** Forgets what memory holds: the transaction it came from is gone. The filter may tell too much, and stays. */
    public void rolledBack() {
        // The driver closes a statement for good when the disk is full: none is kept over a failure.
        if (writing != null) {
            writing.db().drop();
            writing = null;
        }
    }

    /** Empties the graph, for a rebuild. */
    public void clear(Connection writer) throws SQLException {
        try (Statements all = new Statements(writer)) {
            for (String table : GraphDump.TABLES.keySet()) {
                all.update("DELETE FROM " + table + " WHERE federation = ?", federation);
            }
        }
        rolledBack();
        filter.clear();
    }
}
