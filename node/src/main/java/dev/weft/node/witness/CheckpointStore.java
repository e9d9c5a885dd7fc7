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

/** The tables of verified checkpoints and of contradictions. Works on the caller's connection and never commits. */
final class CheckpointStore {
    /** Older checkpoints that no receipt refers to are dropped beyond this many. */
    private static final int KEPT = 256;

    Optional<HeldCheckpoint> largest(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT log_size, root, note FROM checkpoint ORDER BY log_size DESC LIMIT 1")) {
            return one(select);
        }
    }

    Optional<HeldCheckpoint> atSize(Connection connection, long size) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT log_size, root, note FROM checkpoint WHERE log_size = ?")) {
            select.setLong(1, size);
            return one(select);
        }
    }

    private static Optional<HeldCheckpoint> one(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            return !row.next()
                    ? Optional.empty()
                    : Optional.of(new HeldCheckpoint(
                            new TreeHead(row.getLong(1), Digest.of(row.getBytes(2))),
                            ByteString.copyFrom(row.getBytes(3))));
        }
    }

    void keep(Connection connection, HeldCheckpoint checkpoint) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO checkpoint (log_size, root, note) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")) {
            insert.setLong(1, checkpoint.head().size());
            insert.setBytes(2, checkpoint.head().root().toByteArray());
            insert.setBytes(3, checkpoint.note().toByteArray());
            insert.executeUpdate();
        }
    }

    /** Drops what nobody will ask for: neither among the newest nor behind a receipt. */
    void trim(Connection connection) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM checkpoint WHERE log_size <"
                + " (SELECT log_size FROM checkpoint ORDER BY log_size DESC LIMIT 1 OFFSET " + KEPT + ")"
                + " AND log_size NOT IN (SELECT log_size FROM receipt)")) {
            delete.executeUpdate();
        }
    }

    boolean forked(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT 1 FROM fork LIMIT 1");
                ResultSet row = select.executeQuery()) {
            return row.next();
        }
    }

    void keepFork(Connection connection, LogFork fork, Instant at) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO fork (held, offered, path, found_at) VALUES (?, ?, ?, ?)")) {
            insert.setBytes(1, fork.held().toByteArray());
            insert.setBytes(2, fork.offered().toByteArray());
            insert.setBytes(
                    3, fork.root().concat(ByteString.copyFrom(fork.path())).toByteArray());
            insert.setString(4, at.toString());
            insert.executeUpdate();
        }
    }

    List<LogFork> forks(Connection connection) throws SQLException {
        List<LogFork> forks = new ArrayList<>();
        try (PreparedStatement select =
                        connection.prepareStatement("SELECT held, offered, path FROM fork ORDER BY id");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                List<ByteString> hashes = hashes(ByteString.copyFrom(row.getBytes(3)));
                forks.add(new LogFork(
                        ByteString.copyFrom(row.getBytes(1)),
                        ByteString.copyFrom(row.getBytes(2)),
                        hashes.isEmpty() ? ByteString.EMPTY : hashes.get(0),
                        hashes.isEmpty() ? List.of() : hashes.subList(1, hashes.size())));
            }
        }
        return forks;
    }

    private static List<ByteString> hashes(ByteString joined) {
        List<ByteString> hashes = new ArrayList<>();
        for (int at = 0; at < joined.size(); at += Digest.SIZE) {
            hashes.add(joined.substring(at, at + Digest.SIZE));
        }
        return hashes;
    }
}
