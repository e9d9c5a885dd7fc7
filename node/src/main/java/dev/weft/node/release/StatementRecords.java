package dev.weft.node.release;

import dev.weft.node.record.RecordQuery;
import dev.weft.node.record.StoredRecord;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The records behind a statement that this site released. */
public final class StatementRecords {
    private StatementRecords() {}

    /** All that it may speak of, the one that it was made of first; none where no release made it. */
    public static Collection<StoredRecord> behind(Connection connection, Digest statement)
            throws SQLException, VerificationException {
        Optional<Release> release = ReleaseStore.ofStatement(connection, statement);
        if (release.isEmpty()) {
            return List.of();
        }
        StoredRecord record = RecordQuery.find(connection, release.get().record())
                .orElseThrow(() ->
                        new IllegalStateException("release " + release.get().id() + " has no record"));
        return Fate.behind(connection, record).values();
    }
}
