package dev.weft.node.witness;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.TreeHead;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What this node cosigned last, and what it knows to be final. Works on the caller's connection and never commits. */
final class WitnessStore {
    /** A policy and, once it is in force, the cosigned note that made it so. */
    record PolicyRow(long index, ByteString entry, Optional<ByteString> note) {}

    Optional<HeldCheckpoint> cosigned(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT log_size, root, note FROM cosigned");
                ResultSet row = select.executeQuery()) {
            return !row.next()
                    ? Optional.empty()
                    : Optional.of(new HeldCheckpoint(
                            new TreeHead(row.getLong(1), Digest.of(row.getBytes(2))),
                            ByteString.copyFrom(row.getBytes(3))));
        }
    }

    void cosigned(Connection connection, HeldCheckpoint checkpoint, Instant at) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT OR REPLACE INTO cosigned (only, log_size, root, note, at) VALUES (1, ?, ?, ?, ?)")) {
            insert.setLong(1, checkpoint.head().size());
            insert.setBytes(2, checkpoint.head().root().toByteArray());
            insert.setBytes(3, checkpoint.note().toByteArray());
            insert.setString(4, at.toString());
            insert.executeUpdate();
        }
    }

    void state(Connection connection, long index, ByteString entry) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO stated_policy (idx, entry) VALUES (?, ?) ON CONFLICT DO NOTHING")) {
            insert.setLong(1, index);
            insert.setBytes(2, entry.toByteArray());
            insert.executeUpdate();
        }
    }

    void inForce(Connection connection, long index, ByteString note) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE stated_policy SET note = ? WHERE idx = ? AND note IS NULL")) {
            update.setBytes(1, note.toByteArray());
            update.setLong(2, index);
            update.executeUpdate();
        }
    }

    List<PolicyRow> policies(Connection connection) throws SQLException {
        List<PolicyRow> rows = new ArrayList<>();
        try (PreparedStatement select =
                        connection.prepareStatement("SELECT idx, entry, note FROM stated_policy ORDER BY idx");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                byte[] note = row.getBytes(3);
                rows.add(new PolicyRow(
                        row.getLong(1),
                        ByteString.copyFrom(row.getBytes(2)),
                        note == null ? Optional.empty() : Optional.of(ByteString.copyFrom(note))));
            }
        }
        return rows;
    }

    Optional<ByteString> finalNote(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT note FROM final_checkpoint");
                ResultSet row = select.executeQuery()) {
            return row.next() ? Optional.of(ByteString.copyFrom(row.getBytes(1))) : Optional.empty();
        }
    }

    void finalNote(Connection connection, long size, ByteString note) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT OR REPLACE INTO final_checkpoint (only, log_size, note) VALUES (1, ?, ?)")) {
            insert.setLong(1, size);
            insert.setBytes(2, note.toByteArray());
            insert.executeUpdate();
        }
    }
}
