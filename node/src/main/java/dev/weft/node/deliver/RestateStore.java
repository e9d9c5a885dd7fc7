package dev.weft.node.deliver;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.Opening;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Statements that the shared log will not hold as they were signed, because their incarnation ended or the log went on
 * without them, and what became of each. Works on the caller's connection and never commits.
 */
public final class RestateStore {
    private RestateStore() {}

    /**
     * Ends an incarnation: marks what has no receipt, since nothing of it is appended after the rollover.
     *
     * @param appended first seq that the shared log does not hold; what it does hold is not stated again
     */
    public static void end(Connection connection, int incarnation, long appended, Instant at) throws SQLException {
        String sql = "INSERT OR REPLACE INTO refusal (incarnation, seq, reason, message, retry, refused_at)"
                + " SELECT o.incarnation, o.seq, ?, CASE WHEN o.seq < ? THEN ? ELSE ? END, o.seq >= ?, ? FROM outbox o"
                + " LEFT JOIN receipt r ON r.incarnation = o.incarnation AND r.seq = o.seq"
                + " WHERE o.incarnation = ? AND r.seq IS NULL";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, Reason.WRONG_INCARNATION.code());
            insert.setLong(2, appended);
            insert.setString(3, "The shared log holds it; its receipt was not fetched before the incarnation ended.");
            insert.setString(4, "The incarnation ended before it was appended; it is stated again in the new one.");
            insert.setLong(5, appended);
            insert.setString(6, at.toString());
            insert.setInt(7, incarnation);
            insert.executeUpdate();
        }
    }

    /**
     * A statement that the shared log will not hold.
     *
     * @param lost whether it did once, before it went on under another origin; else its incarnation has ended
     */
    public record Ended(
            boolean lost, int incarnation, long seq, Digest statement, ByteString envelope, List<Opening> openings) {
        public Ended {
            openings = List.copyOf(openings);
        }
    }

    /** What {@link #end} or {@link LogMoveStore} left to be stated again in this incarnation, in the order of its signing. */
    public static List<Ended> open(Connection connection, int incarnation) throws SQLException {
        String sql = "SELECT 1 AS lost, incarnation AS i, seq AS s, statement, envelope, openings FROM outbox_lost"
                + " WHERE again IS NULL"
                + " UNION ALL SELECT 0, o.incarnation, o.seq, o.statement, o.envelope, o.openings FROM refusal f"
                + " JOIN outbox o ON o.incarnation = f.incarnation AND o.seq = f.seq"
                + " WHERE f.incarnation < ? AND f.reason = ? AND f.retry = 1 ORDER BY i, s";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setInt(1, incarnation);
            select.setString(2, Reason.WRONG_INCARNATION.code());
            List<Ended> result = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    result.add(new Ended(
                            row.getBoolean(1),
                            row.getInt(2),
                            row.getLong(3),
                            Digest.of(row.getBytes(4)),
                            ByteString.copyFrom(row.getBytes(5)),
                            Outbox.openings(row.getBytes(6))));
                }
            }
            return result;
        }
    }

    /** It was stated again; its own row keeps the id and says so. */
    public static void restated(Connection connection, Ended ended, Digest again) throws SQLException {
        if (ended.lost()) {
            again(connection, ended, again);
        } else {
            settled(
                    connection,
                    ended,
                    "The incarnation ended before it was appended; it was stated again as " + again.hex() + ".");
        }
    }

    /** A change of keys that a rollover has overtaken: nobody says it again. */
    public static void overtaken(Connection connection, Ended ended) throws SQLException {
        if (ended.lost()) {
            again(connection, ended, ended.statement());
        } else {
            settled(connection, ended, "A change of keys that the rollover has overtaken.");
        }
    }

    private static void again(Connection connection, Ended ended, Digest statement) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE outbox_lost SET again = ?" + " WHERE incarnation = ? AND seq = ? AND statement = ?")) {
            update.setBytes(1, statement.toByteArray());
            update.setInt(2, ended.incarnation());
            update.setLong(3, ended.seq());
            update.setBytes(4, ended.statement().toByteArray());
            update.executeUpdate();
        }
    }

    private static void settled(Connection connection, Ended ended, String message) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE refusal SET retry = 0, message = ? WHERE incarnation = ? AND seq = ?")) {
            update.setString(1, message);
            update.setInt(2, ended.incarnation());
            update.setLong(3, ended.seq());
            update.executeUpdate();
        }
    }

    /** One that was signed for a log which went on without it. */
    static Optional<DeliveredStatement> lost(Connection connection, Digest statement) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT incarnation, seq, predicate_type, envelope, origin, again, moved_at FROM outbox_lost"
                        + " WHERE statement = ?")) {
            select.setBytes(1, statement.toByteArray());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                byte[] again = row.getBytes(6);
                String message = "The shared log goes on as " + row.getString(5) + " without it; "
                        + (again == null
                                ? "it will be stated again."
                                : "it was stated again as " + Digest.of(again).hex() + ".");
                return Optional.of(new DeliveredStatement(
                        row.getInt(1),
                        row.getLong(2),
                        statement,
                        row.getString(3),
                        ByteString.copyFrom(row.getBytes(4)),
                        Optional.empty(),
                        Optional.of(new RefusedStatement(
                                row.getLong(2),
                                Reason.WRONG_AUDIENCE.code(),
                                message,
                                false,
                                Instant.parse(row.getString(7))))));
            }
        }
    }
}
