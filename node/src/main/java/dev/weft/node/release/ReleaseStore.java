package dev.weft.node.release;

import com.google.protobuf.ByteString;
import dev.weft.node.release.Release.Decided;
import dev.weft.node.release.Release.State;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.Opening;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The rows of releases, on a connection that the caller hands in. */
final class ReleaseStore {

    private static final String COLUMNS =
            "SELECT id, record, state, predicate_type, body, asked_at, decided_by, decided_at, reason, decision, statement FROM release ";

    private ReleaseStore() {}

    /** The release that a statement was signed for. */
    static Optional<Release> ofStatement(Connection connection, Digest statement) throws SQLException {
        return read(connection, "WHERE statement = ?", (Object) statement.toByteArray()).stream()
                .findFirst();
    }

    /** Queues one; gives its id. */
    static long insert(Connection connection, long record, State state, String type, ByteString body, Instant at)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO release (record, state, predicate_type, body, asked_at) VALUES (?, ?, ?, ?, ?) RETURNING id")) {
            insert.setLong(1, record);
            insert.setString(2, state.text());
            insert.setString(3, type);
            insert.setBytes(4, body.toByteArray());
            insert.setLong(5, at.toEpochMilli());
            try (ResultSet rows = insert.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    /** Whether these very words about the record were let out, kept in, or wait. */
    static boolean exists(Connection connection, long record, String type, ByteString body) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT 1 FROM release WHERE record = ? AND predicate_type = ? AND body = ? LIMIT 1")) {
            select.setLong(1, record);
            select.setString(2, type);
            select.setBytes(3, body.toByteArray());
            try (ResultSet rows = select.executeQuery()) {
                return rows.next();
            }
        }
    }

    /** The id that the next one will have; on the writer's connection. */
    static long nextId(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT coalesce(max(id), 0) + 1 FROM release");
                ResultSet rows = select.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    static void decide(Connection connection, long id, State state, Decided decided) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE release SET state = ?, decided_by = ?, decided_at = ?, reason = ?, decision = ? WHERE id = ?")) {
            update.setString(1, state.text());
            update.setString(2, decided.by());
            update.setLong(3, decided.at().toEpochMilli());
            update.setString(4, decided.reason().orElse(null));
            update.setLong(5, decided.record());
            update.setLong(6, id);
            update.executeUpdate();
        }
    }

    static void signed(Connection connection, long id, Digest statement) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE release SET statement = ? WHERE id = ?")) {
            update.setBytes(1, statement.toByteArray());
            update.setLong(2, id);
            update.executeUpdate();
        }
    }

    /** A statement was made again under another id; its release follows. */
    static void restated(Connection connection, Digest old, Digest statement) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE release SET statement = ? WHERE statement = ?")) {
            update.setBytes(1, statement.toByteArray());
            update.setBytes(2, old.toByteArray());
            update.executeUpdate();
        }
    }

    static void wait(Connection connection, long id) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE release SET state = ? WHERE id = ?")) {
            update.setString(1, State.WAITING.text());
            update.setLong(2, id);
            update.executeUpdate();
        }
    }

    static void insertOpenings(Connection connection, long id, List<Opening> openings) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO release_opening (release, commitment, name, salt, value) VALUES (?, ?, ?, ?, ?)")) {
            for (Opening opening : openings) {
                insert.setLong(1, id);
                insert.setBytes(2, opening.getCommitment().toByteArray());
                insert.setString(3, opening.getName());
                insert.setBytes(4, opening.getSalt().toByteArray());
                insert.setBytes(5, opening.getValue().toByteArray());
                insert.executeUpdate();
            }
        }
    }

    static List<Opening> openings(Connection connection, long id) throws SQLException {
        List<Opening> openings = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT commitment, name, salt, value FROM release_opening WHERE release = ? ORDER BY name")) {
            select.setLong(1, id);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    openings.add(Opening.newBuilder()
                            .setCommitment(ByteString.copyFrom(rows.getBytes(1)))
                            .setName(rows.getString(2))
                            .setSalt(ByteString.copyFrom(rows.getBytes(3)))
                            .setValue(ByteString.copyFrom(rows.getBytes(4)))
                            .build());
                }
            }
        }
        return openings;
    }

    static void deleteOpenings(Connection connection, long id) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM release_opening WHERE release = ?")) {
            delete.setLong(1, id);
            delete.executeUpdate();
        }
    }

    static Optional<Release> find(Connection connection, long id) throws SQLException {
        return read(connection, "WHERE id = ?", id).stream().findFirst();
    }

    static List<Release> ofRecord(Connection connection, long record) throws SQLException {
        return read(connection, "WHERE record = ? ORDER BY id", record);
    }

    static List<Release> list(Connection connection, Optional<State> state, long after, int limit) throws SQLException {
        return state.isPresent()
                ? read(
                        connection,
                        "WHERE state = ? AND id > ? ORDER BY id LIMIT ?",
                        state.get().text(),
                        after,
                        limit)
                : read(connection, "WHERE id > ? ORDER BY id LIMIT ?", after, limit);
    }

    static long count(Connection connection, State state) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT count(*) FROM release WHERE state = ?")) {
            select.setString(1, state.text());
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? rows.getLong(1) : 0;
            }
        }
    }

    private static List<Release> read(Connection connection, String where, Object... values) throws SQLException {
        List<Release> releases = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(COLUMNS + where)) {
            for (int n = 0; n < values.length; n++) {
                select.setObject(n + 1, values[n]);
            }
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    releases.add(release(rows));
                }
            }
        }
        return releases;
    }

    private static Release release(ResultSet rows) throws SQLException {
        String by = rows.getString(7);
        Optional<Decided> decided = by == null
                ? Optional.empty()
                : Optional.of(new Decided(
                        by,
                        Instant.ofEpochMilli(rows.getLong(8)),
                        Optional.ofNullable(rows.getString(9)),
                        rows.getLong(10)));
        return new Release(
                rows.getLong(1),
                rows.getLong(2),
                State.valueOf(rows.getString(3).toUpperCase(Locale.ROOT)),
                rows.getString(4),
                ByteString.copyFrom(rows.getBytes(5)),
                Instant.ofEpochMilli(rows.getLong(6)),
                decided,
                Optional.ofNullable(rows.getBytes(11)).map(Digest::of));
    }
}
