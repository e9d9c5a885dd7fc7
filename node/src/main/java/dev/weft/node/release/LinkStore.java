package dev.weft.node.release;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.ArtifactRef;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Linkable values of this site's artifacts, and the names they were last told by; on a connection that is handed in. */
final class LinkStore {
    private LinkStore() {}

    /** Takes down what stands for a record under the key of an epoch. */
    static void putValue(Connection connection, long record, int epoch, Digest value) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO link_value (record, epoch, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")) {
            insert.setLong(1, record);
            insert.setInt(2, epoch);
            insert.setBytes(3, value.toByteArray());
            insert.executeUpdate();
        }
    }

    /** All that ever stood for a record, the newest first. */
    static List<ByteString> values(Connection connection, long record) throws SQLException {
        List<ByteString> values = new ArrayList<>();
        try (PreparedStatement select =
                connection.prepareStatement("SELECT value FROM link_value WHERE record = ? ORDER BY epoch DESC")) {
            select.setLong(1, record);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    values.add(ByteString.copyFrom(rows.getBytes(1)));
                }
            }
        }
        return values;
    }

    /** The first record that a value stands for. */
    static Optional<Long> record(Connection connection, ByteString value) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT min(record) FROM link_value WHERE value = ?")) {
            select.setBytes(1, value.toByteArray());
            try (ResultSet rows = select.executeQuery()) {
                rows.next();
                long record = rows.getLong(1);
                return rows.wasNull() ? Optional.empty() : Optional.of(record);
            }
        }
    }

    /** The federation was told of a record by that name. */
    static void tellAs(Connection connection, long record, ArtifactRef name) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO told_as (record, name) VALUES (?, ?) ON CONFLICT (record) DO UPDATE SET name = excluded.name")) {
            insert.setLong(1, record);
            insert.setBytes(2, name.toBuilder().clearFrom().build().toByteArray());
            insert.executeUpdate();
        }
    }

    /** The name that it was told by last, where that was a linkable value or followed from an alias. */
    static Optional<ArtifactRef> toldAs(Connection connection, long record) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT name FROM told_as WHERE record = ?")) {
            select.setLong(1, record);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? Optional.of(ArtifactRef.parseFrom(rows.getBytes(1))) : Optional.empty();
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the database holds a broken name of record " + record, e);
        }
    }

    /** Up to {@code limit} records above one whose digest was told in some form. */
    static List<Long> told(Connection connection, long above, int limit) throws SQLException {
        List<Long> records = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT record FROM told WHERE field = 'digest' AND record > ? ORDER BY record LIMIT ?")) {
            select.setLong(1, above);
            select.setInt(2, limit);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    records.add(rows.getLong(1));
                }
            }
        }
        return records;
    }

    /** Under which policy and epoch all names were compared last; empty before any. */
    static Optional<String> compared(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT under FROM link_compared");
                ResultSet rows = select.executeQuery()) {
            return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
        }
    }

    static void compared(Connection connection, String under) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO link_compared (id, under) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET under = excluded.under")) {
            insert.setString(1, under);
            insert.executeUpdate();
        }
    }
}
