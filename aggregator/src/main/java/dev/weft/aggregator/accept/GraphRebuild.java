package dev.weft.aggregator.accept;

import dev.weft.aggregator.db.ProjectionStore;
import dev.weft.aggregator.watch.Metrics;
import dev.weft.aggregator.watch.SecurityEvents;
import dev.weft.proto.v1.Limits;
import java.sql.SQLException;

/** Projects a log again from entry 0, by the code that projects it while it grows. */
public final class GraphRebuild {
    private static final int AT_ONCE = 10_000;

    private GraphRebuild() {}

    /** Empties a graph, inside the caller's transaction. */
    public interface Clearing {
        void clear() throws SQLException;
    }

    /**
     * Clears the graph and projects the entries below {@code end}.
     *
     * @param clearing empties what the sink fills
     */
    public static void run(LogHolding holding, ProjectionSink sink, Clearing clearing, Limits limits, long end)
            throws SQLException {
        clearing.clear();
        ProjectionStore.reset(holding.writer(), holding.federation());
        Metrics metrics = new Metrics();
        Projector projector = new Projector(holding, sink, limits, metrics, new SecurityEvents(metrics));
        while (projector.isBehind(end)) {
            projector.step(end, AT_ONCE);
            // A crash here leaves the graph of a shorter log: the next start goes on from there.
            holding.writer().commit();
            projector.committed();
        }
        holding.writer().commit();
    }
}
