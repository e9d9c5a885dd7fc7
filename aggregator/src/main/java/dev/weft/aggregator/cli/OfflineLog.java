package dev.weft.aggregator.cli;

import dev.weft.aggregator.accept.StandingFold;
import dev.weft.aggregator.db.AggregatorDatabase;
import dev.weft.aggregator.db.FederationStore;
import dev.weft.aggregator.db.ProjectionStore;
import dev.weft.aggregator.db.SequenceStore;
import dev.weft.aggregator.db.StandingStore;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.log.JdbcLogStore;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.standing.Standing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/** What the database says, read beside a daemon or without one. */
final class OfflineLog {
    private OfflineLog() {}

    /**
     * One consistent look.
     *
     * @param projected entries below this are in the graph
     */
    record Look(FederationStore.Federation federation, Standing standing, TreeHead head, long projected) {}

    static Look look(Path directory) throws VerificationException, SQLException {
        if (!Files.exists(directory.resolve(AggregatorDatabase.FILE))) {
            throw new VerificationException(
                    Reason.NOT_FOUND, directory + " holds no federation; run 'weft-aggregator init' or give --dir.");
        }
        try (Connection connection = AggregatorDatabase.read(directory)) {
            connection.setAutoCommit(false);
            FederationStore.Federation federation = FederationStore.first(connection)
                    .orElseThrow(() -> new VerificationException(
                            Reason.LOG_CORRUPT, "The database names no federation; restore it from a backup."));
            JdbcLogStore store = new JdbcLogStore(connection, federation.key());
            Standing standing = StandingFold.now(
                    store,
                    new StandingStore(connection, federation.key()),
                    SequenceStore.last(connection, federation.key()));
            long projected = ProjectionStore.next(connection, federation.key());
            return new Look(federation, standing, store.head(), projected);
        }
    }
}
