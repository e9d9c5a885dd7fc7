package dev.weft.node.deliver;

import dev.weft.proto.merkle.TreeHead;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/**
 * Takes the tables over to a log that goes on under another origin: what it does not hold any more is kept apart, to be
 * stated again, and checkpoints above the head that it goes on from count no more. Works on the caller's transaction.
 */
public final class LogMoveStore {
    /**
     * Where the log goes on.
     *
     * @param origin the new one
     * @param head the last one of the old log
     * @param incarnation of this member at that head
     * @param firstLost first own seq that the log does not hold
     */
    public record Move(String origin, TreeHead head, int incarnation, long firstLost) {}

    private LogMoveStore() {}

    /** Whether the tables are of that log already. */
    public static boolean isDone(Connection connection, Move move) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT 1 FROM continued WHERE origin = ?")) {
            select.setString(1, move.origin());
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    /**
     * Moves; in one transaction, so a crash leaves all of it to the next start.
     *
     * @param sound whether the anchor for the old log fits: then the one for the new log begins here. Else nothing is
     *     signed for the new log either, before a rollover
     */
    public static void run(Connection connection, Move move, boolean sound, Instant at) throws SQLException {
        if (sound) {
            try (PreparedStatement begin = connection.prepareStatement("DELETE FROM anchored WHERE incarnation = ?")) {
                begin.setInt(1, move.incarnation());
                begin.executeUpdate();
            }
        }
        try (PreparedStatement keep = connection.prepareStatement(
                "INSERT INTO outbox_lost (origin, incarnation, seq, statement, predicate_type, envelope, openings, moved_at)"
                        + " SELECT ?, incarnation, seq, statement, predicate_type, envelope, openings, ? FROM outbox"
                        + " WHERE incarnation = ? AND seq >= ?")) {
            keep.setString(1, move.origin());
            keep.setString(2, at.toString());
            keep.setInt(3, move.incarnation());
            keep.setLong(4, move.firstLost());
            keep.executeUpdate();
        }
        for (String table : new String[] {"outbox", "receipt", "refusal"}) {
            try (PreparedStatement delete =
                    connection.prepareStatement("DELETE FROM " + table + " WHERE incarnation = ? AND seq >= ?")) {
                delete.setInt(1, move.incarnation());
                delete.setLong(2, move.firstLost());
                delete.executeUpdate();
            }
        }
        checkpoints(connection, move);
        try (PreparedStatement done = connection.prepareStatement("INSERT INTO continued (origin) VALUES (?)")) {
            done.setString(1, move.origin());
            done.executeUpdate();
        }
    }

    private static void checkpoints(Connection connection, Move move) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM checkpoint WHERE log_size > ?")) {
            delete.setLong(1, move.head().size());
            delete.executeUpdate();
        }
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM stated_policy WHERE idx >= ?")) {
            delete.setLong(1, move.head().size());
            delete.executeUpdate();
        }
        // Cosigned and final are words about one origin.
        for (String table : new String[] {"cosigned", "final_checkpoint"}) {
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM " + table)) {
                delete.executeUpdate();
            }
        }
        // Root's word for the head stands where no note of the old log is left.
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO checkpoint (log_size, root, note)"
                + " SELECT ?, ?, x'' WHERE NOT EXISTS (SELECT 1 FROM checkpoint)")) {
            insert.setLong(1, move.head().size());
            insert.setBytes(2, move.head().root().toByteArray());
            insert.executeUpdate();
        }
    }
}
