package dev.weft.node.release;

import dev.weft.proto.digest.Digest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Patterns that were approved for the future, on a connection that the caller hands in. */
final class PatternStore {

    private static final String COLUMNS =
            "SELECT id, release, predicate_type, policy, shape, made_by, made_at, ended_by, ended_at FROM release_pattern ";

    private PatternStore() {}

    /** Keeps a new one; its id is given by the database. */
    static long insert(Connection connection, Pattern pattern) throws SQLException {
        long id;
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO release_pattern (release, predicate_type,"
                        + " policy, shape, made_by, made_at) VALUES (?, ?, ?, ?, ?, ?) RETURNING id")) {
            insert.setLong(1, pattern.release());
            insert.setString(2, pattern.predicateType());
            insert.setBytes(3, pattern.policy().toByteArray());
            insert.setString(4, String.join("\n", new TreeSet<>(pattern.shape())));
            insert.setString(5, pattern.by());
            insert.setLong(6, pattern.at().toEpochMilli());
            try (ResultSet rows = insert.executeQuery()) {
                rows.next();
                id = rows.getLong(1);
            }
        }
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO release_pattern_data (pattern, record) VALUES (?, ?)")) {
            for (long record : pattern.data()) {
                insert.setLong(1, id);
                insert.setLong(2, record);
                insert.executeUpdate();
            }
        }
        return id;
    }

    /** One that stands and covers the statement. */
    static Optional<Pattern> covering(
            Connection connection, String predicateType, Digest policy, Set<String> shape, List<Long> data)
            throws SQLException {
        return read(
                        connection,
                        "WHERE ended_at IS NULL AND predicate_type = ? AND policy = ? ORDER BY id",
                        predicateType,
                        policy.toByteArray())
                .stream()
                .filter(pattern -> pattern.shape().containsAll(shape)
                        && !data.isEmpty()
                        && pattern.data().containsAll(data))
                .findFirst();
    }

    static List<Pattern> all(Connection connection) throws SQLException {
        return read(connection, "ORDER BY id");
    }

    static Optional<Pattern> find(Connection connection, long id) throws SQLException {
        return read(connection, "WHERE id = ?", id).stream().findFirst();
    }

    static void end(Connection connection, long id, String by, Instant at) throws SQLException {
        end(connection, "id = ?", id, by, at);
    }

    /** Every one that covers a dataset version behind that release. */
    static void endBehind(Connection connection, long release, String by, Instant at) throws SQLException {
        end(
                connection,
                "id IN (SELECT pattern FROM release_pattern_data WHERE record IN"
                        + " (SELECT record FROM release_data WHERE release = ?))",
                release,
                by,
                at);
    }

    /** Every one that covers that dataset version. */
    static void endOn(Connection connection, long dataset, String by, Instant at) throws SQLException {
        end(connection, "id IN (SELECT pattern FROM release_pattern_data WHERE record = ?)", dataset, by, at);
    }

    private static void end(Connection connection, String which, long id, String by, Instant at) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE release_pattern SET ended_by = ?, ended_at = ? WHERE ended_at IS NULL AND " + which)) {
            update.setString(1, by);
            update.setLong(2, at.toEpochMilli());
            update.setLong(3, id);
            update.executeUpdate();
        }
    }

    private static List<Pattern> read(Connection connection, String where, Object... values) throws SQLException {
        List<Pattern> patterns = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(COLUMNS + where)) {
            for (int n = 0; n < values.length; n++) {
                select.setObject(n + 1, values[n]);
            }
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    patterns.add(pattern(connection, rows));
                }
            }
        }
        return patterns;
    }

    private static Pattern pattern(Connection connection, ResultSet rows) throws SQLException {
        @Nullable String ended = rows.getString(8);
        long endedAt = rows.getLong(9);
        return new Pattern(
                rows.getLong(1),
                rows.getLong(2),
                rows.getString(3),
                Digest.of(rows.getBytes(4)),
                data(connection, rows.getLong(1)),
                Set.of(rows.getString(5).split("\n")),
                rows.getString(6),
                Instant.ofEpochMilli(rows.getLong(7)),
                Optional.ofNullable(ended).map(by -> new Pattern.Ended(by, Instant.ofEpochMilli(endedAt))));
    }

    private static List<Long> data(Connection connection, long id) throws SQLException {
        List<Long> data = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT record FROM release_pattern_data WHERE pattern = ? ORDER BY record")) {
            select.setLong(1, id);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    data.add(rows.getLong(1));
                }
            }
        }
        return data;
    }
}
