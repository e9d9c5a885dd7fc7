package dev.weft.node.release;

import dev.weft.node.record.Kind;
import dev.weft.node.record.StoredRecord;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.statement.PredicateType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * The dataset versions behind what was put before the steward. They are taken down when it is put there: what somebody
 * records of its origin later, the steward did not see. On a connection that the caller hands in.
 */
final class ReleaseDataStore {

    private ReleaseDataStore() {}

    /** The dataset versions behind an event that names a run, by their records. */
    static List<Long> behind(Connection connection, StoredRecord event) throws SQLException, VerificationException {
        return Closure.of(connection, event.targets("run").get(0)).records().stream()
                .filter(record -> record.kind() == Kind.DATASET)
                .map(StoredRecord::id)
                .toList();
    }

    /** Whether a statement of that type was approved on each of them under that policy; false for none at all. */
    static boolean approved(Connection connection, PredicateType type, List<Long> data, Digest policy)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT 1 FROM release_data JOIN release ON release.id = release_data.release"
                        + " WHERE release_data.record = ? AND policy = ? AND approved = 1 AND predicate_type = ? LIMIT 1")) {
            for (long dataset : data) {
                select.setLong(1, dataset);
                select.setBytes(2, policy.toByteArray());
                select.setString(3, type.uri());
                try (ResultSet rows = select.executeQuery()) {
                    if (!rows.next()) {
                        return false;
                    }
                }
            }
        }
        return !data.isEmpty();
    }

    /** Takes down what stands behind a release that is put before the steward. */
    static void insert(Connection connection, long release, List<Long> data, Digest policy) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO release_data (release, record, policy, approved) VALUES (?, ?, ?, 0)")) {
            for (long dataset : data) {
                insert.setLong(1, release);
                insert.setLong(2, dataset);
                insert.setBytes(3, policy.toByteArray());
                insert.executeUpdate();
            }
        }
    }

    /** The same data stand behind a release that takes another one's place. */
    static void copy(Connection connection, long from, long to) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO release_data (release, record, policy, approved)"
                        + " SELECT ?, record, policy, 0 FROM release_data WHERE release = ?")) {
            insert.setLong(1, to);
            insert.setLong(2, from);
            insert.executeUpdate();
        }
    }

    /** The steward let it out: others on the same data need not wait. */
    static void approve(Connection connection, long release) throws SQLException {
        update(connection, "UPDATE release_data SET approved = 1 WHERE release = ?", release);
    }

    /** The steward kept it in: whatever was approved on any of its data before, the next one waits. */
    static void refuse(Connection connection, long release) throws SQLException {
        update(
                connection,
                "UPDATE release_data SET approved = 0 WHERE record IN (SELECT record FROM release_data WHERE release = ?)",
                release);
    }

    /** The site withdrew that dataset version: what was approved on it has an end. */
    static void withdraw(Connection connection, long dataset) throws SQLException {
        update(connection, "UPDATE release_data SET approved = 0 WHERE record = ?", dataset);
    }

    private static void update(Connection connection, String sql, long id) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setLong(1, id);
            update.executeUpdate();
        }
    }
}
