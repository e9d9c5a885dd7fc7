package dev.weft.aggregator.db;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.log.Rollback;
import dev.weft.proto.v1.SealedKind;
import dev.weft.proto.v1.SealedMessage;
import dev.weft.proto.v1.SealedState;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Optional;

/**
 * The file {@code relay.db}: sealed messages that wait for their readers. In no backup: what is lost with it is sent
 * again by its sender. Deleted bytes are overwritten, and the write-ahead log is emptied behind them. One connection;
 * the caller lets one thread in at a time.
 */
public final class RelayStore implements AutoCloseable {
    public static final String FILE = "relay.db";

    /** How much is kept: rows of one sender, of one recipient, and bytes of all that wait. */
    public record Extent(long ofSender, long forRecipient, long bytes) {}

    private final Connection connection;

    private RelayStore(Connection connection) {
        this.connection = connection;
    }

    /** Opens the file of a directory whose lock the caller holds. */
    public static RelayStore open(Path directory) throws VerificationException, IOException, SQLException {
        Connection connection = AggregatorDatabase.beside(directory.resolve(FILE), "classpath:db/relay");
        connection.rollback(); // a PRAGMA inside of a transaction does nothing
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA secure_delete = ON");
        }
        connection.setAutoCommit(false);
        return new RelayStore(connection);
    }

    /** What became of a message; empty where it never came, or was forgotten. */
    public Optional<SealedState> state(String from, String to, Digest id) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT state FROM sealed WHERE sender = ? AND recipient = ? AND id = ?")) {
            name(select, from, to, id);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.ofNullable(SealedState.forNumber(row.getInt(1))) : Optional.empty();
            }
        } finally {
            connection.rollback(); // ends the reading transaction
        }
    }

    /** How much there is. */
    public Extent extent(String from, String to) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT (SELECT count(*) FROM sealed WHERE sender = ?),"
                        + " (SELECT count(*) FROM sealed WHERE recipient = ? AND state = 1),"
                        + " (SELECT coalesce(sum(bytes), 0) FROM sealed)")) {
            select.setString(1, from);
            select.setString(2, to);
            try (ResultSet row = select.executeQuery()) {
                return new Extent(row.getLong(1), row.getLong(2), row.getLong(3));
            }
        } finally {
            connection.rollback(); // ends the reading transaction
        }
    }

    /** Keeps a message that is not there yet; on disk when this returns. */
    public void keep(SealedMessage message, Digest id, Instant at) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO sealed (sender, recipient, id, arrival, kind, about, state, since, bytes, sealed)"
                        + " VALUES (?, ?, ?, (SELECT coalesce(max(arrival), 0) + 1 FROM sealed), ?, ?, 1, ?, ?, ?)")) {
            name(insert, message.getFrom(), message.getTo(), id);
            insert.setInt(4, message.getKindValue());
            insert.setBytes(5, message.getAbout().toByteArray());
            insert.setLong(6, at.toEpochMilli());
            insert.setInt(7, message.getSealed().size());
            insert.setBytes(8, message.getSealed().toByteArray());
            insert.executeUpdate();
        }
        // A crash before this commit: the sender has no answer and sends it again.
        connection.commit();
    }

    /** The message that waits longest for a recipient. */
    public Optional<SealedMessage> first(String recipient) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT sender, kind, about, sealed FROM sealed"
                + " WHERE recipient = ? AND state = 1 ORDER BY arrival LIMIT 1")) {
            select.setString(1, recipient);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(message(row, recipient)) : Optional.empty();
            }
        } finally {
            connection.rollback(); // ends the reading transaction
        }
    }

    private static SealedMessage message(ResultSet row, String recipient) throws SQLException {
        return SealedMessage.newBuilder()
                .setFrom(row.getString(1))
                .setTo(recipient)
                .setKind(Optional.ofNullable(SealedKind.forNumber(row.getInt(2)))
                        .orElse(SealedKind.SEALED_KIND_UNSPECIFIED))
                .setAbout(ByteString.copyFrom(row.getBytes(3)))
                .setSealed(ByteString.copyFrom(row.getBytes(4)))
                .build();
    }

    /** Deletes the bytes of what a recipient has taken; whose they were is kept for their sender. */
    public void taken(String recipient, Digest id, Instant at) throws SQLException {
        boolean deleted;
        try (PreparedStatement update = connection.prepareStatement("UPDATE sealed SET state = 2, since = ?, bytes = 0,"
                + " sealed = NULL WHERE recipient = ? AND id = ? AND state = 1")) {
            update.setLong(1, at.toEpochMilli());
            update.setString(2, recipient);
            update.setBytes(3, id.toByteArray());
            deleted = update.executeUpdate() > 0;
        }
        // A crash before this commit: the recipient is sent it once more, and knows it.
        connection.commit();
        if (deleted) {
            truncateWal();
        }
    }

    /** Deletes the bytes of what came before an instant and was not taken, and forgets what ended before another one. */
    public void expire(Instant waitingSince, Instant endedSince, Instant now) throws SQLException {
        int deleted;
        try (PreparedStatement update = connection.prepareStatement("UPDATE sealed SET state = 3, since = ?, bytes = 0,"
                        + " sealed = NULL WHERE state = 1 AND since < ?");
                PreparedStatement delete =
                        connection.prepareStatement("DELETE FROM sealed WHERE state > 1 AND since < ?")) {
            update.setLong(1, now.toEpochMilli());
            update.setLong(2, waitingSince.toEpochMilli());
            deleted = update.executeUpdate();
            delete.setLong(1, endedSince.toEpochMilli());
            delete.executeUpdate();
        }
        // A crash before this commit: the next look does it.
        connection.commit();
        if (deleted > 0) {
            truncateWal();
        }
    }

    /** Old pages of the write-ahead log hold what a row no longer does. */
    private void truncateWal() throws SQLException {
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        } finally {
            connection.setAutoCommit(false);
        }
    }

    private static void name(PreparedStatement statement, String from, String to, Digest id) throws SQLException {
        statement.setString(1, from);
        statement.setString(2, to);
        statement.setBytes(3, id.toByteArray());
    }

    /** After a failure: as if what was not committed had not been asked. */
    public void rollback() throws SQLException {
        Rollback.of(connection);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
