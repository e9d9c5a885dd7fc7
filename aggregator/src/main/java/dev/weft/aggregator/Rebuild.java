package dev.weft.aggregator;

import dev.weft.aggregator.accept.GraphRebuild;
import dev.weft.aggregator.accept.LogHolding;
import dev.weft.aggregator.accept.StandingFold;
import dev.weft.aggregator.config.AggregatorConfig;
import dev.weft.aggregator.db.AggregatorDatabase;
import dev.weft.aggregator.db.DirectoryLock;
import dev.weft.aggregator.db.FederationStore;
import dev.weft.aggregator.db.ProjectionStore;
import dev.weft.aggregator.db.SequenceStore;
import dev.weft.aggregator.db.StandingStore;
import dev.weft.aggregator.graph.GraphDump;
import dev.weft.aggregator.graph.GraphStore;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.log.JdbcLogStore;
import dev.weft.proto.log.TransparencyLog;
import dev.weft.proto.v1.Limits;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/** Makes the graph anew from the log and compares it with what was there, byte for byte. */
public final class Rebuild {
    private Rebuild() {}

    /**
     * What came of it.
     *
     * @param entries that were projected, as many as before
     * @param before digest over the graph's tables as they were
     * @param after the same over the new ones
     */
    public record Result(long entries, long unprojected, Digest before, Digest after) {}

    /**
     * Rebuilds the graph of the configured directory.
     *
     * @throws VerificationException where a daemon runs on the directory, or the log is corrupt
     */
    public static Result run(AggregatorConfig config) throws VerificationException, IOException, SQLException {
        DirectoryLock lock = DirectoryLock.take(config.directory());
        try (lock;
                AggregatorDatabase database = AggregatorDatabase.open(config.directory())) {
            Connection writer = database.writer();
            long federation = FederationStore.first(writer)
                    .map(FederationStore.Federation::key)
                    .orElse(Founding.FEDERATION);
            try (JdbcLogStore store = new JdbcLogStore(writer, federation);
                    SequenceStore sequences = new SequenceStore(writer, federation)) {
                StandingStore standings = new StandingStore(writer, federation);
                LogHolding holding =
                        new LogHolding(writer, federation, store, TransparencyLog.open(store), sequences, standings);
                Limits limits = StandingFold.now(store, standings, SequenceStore.last(writer, federation))
                        .limits();
                long end = ProjectionStore.next(writer, federation);
                Digest before = GraphDump.of(writer, federation);
                GraphStore graph = new GraphStore(federation);
                GraphRebuild.run(holding, new GraphSink(graph), () -> graph.clear(writer), limits, end);
                Digest after = GraphDump.of(writer, federation);
                return new Result(end, ProjectionStore.unprojected(writer, federation), before, after);
            }
        }
    }
}
