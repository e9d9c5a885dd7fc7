package dev.weft.node.deliver;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.statement.Sealed;
import dev.weft.proto.v1.SealedKind;
import dev.weft.proto.v1.SealedMessage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** The rows of sealed messages that go out and that came in, on a connection that the caller hands in. */
public final class SealedStore {
    /** Where a message that goes out stands. The number is what the database keeps. */
    public enum Way {
        /** Not yet with the aggregator. */
        HERE(0),
        /** The aggregator keeps it for its reader. */
        WAITING(1),
        /** Its reader has it. */
        TAKEN(2),
        /** Its reader did not come for it in time. */
        EXPIRED(3),
        /** The aggregator does not pass it on. */
        TURNED_AWAY(4);

        private final int number;

        Way(int number) {
            this.number = number;
        }

        private static Way ofNumber(int number) {
            return Arrays.stream(values())
                    .filter(way -> way.number == number)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("the database holds an unknown way " + number));
        }

        /** For people. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** How far a message came, since when, and why not further. */
    public record Fate(Way way, Instant since, Optional<String> reason) {}

    private SealedStore() {}

    /** Queues a message in the caller's transaction; the same again changes nothing. */
    public static void queue(Connection connection, SealedMessage message, Instant at) throws SQLException {
        String sql = "INSERT INTO sealed_out (recipient, id, kind, about, sealed, way, since, next_at)"
                + " VALUES (?, ?, ?, ?, ?, 0, ?, 0) ON CONFLICT DO NOTHING";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, message.getTo());
            insert.setBytes(2, Sealed.id(message).toByteArray());
            insert.setInt(3, message.getKindValue());
            insert.setBytes(4, message.getAbout().toByteArray());
            insert.setBytes(5, message.getSealed().toByteArray());
            insert.setLong(6, at.toEpochMilli());
            insert.executeUpdate();
        }
    }

    /** The newest message of that kind to a member about a statement. */
    public static Optional<Fate> fate(Connection connection, String recipient, SealedKind kind, Digest about)
            throws SQLException {
        String sql = "SELECT way, since, reason FROM sealed_out WHERE recipient = ? AND kind = ? AND about = ?"
                + " ORDER BY since DESC LIMIT 1";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, recipient);
            select.setInt(2, kind.getNumber());
            select.setBytes(3, about.toByteArray());
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.of(new Fate(
                                Way.ofNumber(row.getInt(1)),
                                Instant.ofEpochMilli(row.getLong(2)),
                                Optional.ofNullable(row.getString(3))))
                        : Optional.empty();
            }
        }
    }

    /** The next message whose turn has come. */
    static Optional<SealedMessage> due(Connection connection, Instant now) throws SQLException {
        String sql = "SELECT recipient, kind, about, sealed FROM sealed_out"
                + " WHERE sealed IS NOT NULL AND next_at <= ? ORDER BY next_at, since LIMIT 1";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, now.toEpochMilli());
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.of(SealedMessage.newBuilder()
                                .setTo(row.getString(1))
                                .setKind(kind(row.getInt(2)))
                                .setAbout(ByteString.copyFrom(row.getBytes(3)))
                                .setSealed(ByteString.copyFrom(row.getBytes(4)))
                                .build())
                        : Optional.empty();
            }
        }
    }

    private static SealedKind kind(int number) {
        return Objects.requireNonNullElse(SealedKind.forNumber(number), SealedKind.SEALED_KIND_UNSPECIFIED);
    }

    /** All that wait at the aggregator are asked after now: a stream began. */
    static void askAgain(Connection connection) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE sealed_out SET next_at = 0 WHERE sealed IS NOT NULL")) {
            update.executeUpdate();
        }
    }

    /** Where a message stands now, and when it is sent next; what has come to its end loses its bytes. */
    static void stands(Connection connection, SealedMessage message, Fate fate, Duration retry) throws SQLException {
        boolean over = fate.way().compareTo(Way.WAITING) > 0;
        // One that waits is asked after less and less often: after as long as it has waited already, within bounds.
        String sql = "UPDATE sealed_out SET since = CASE way WHEN ?1 THEN since ELSE ?2 END, way = ?1, reason = ?3,"
                + " next_at = ?2 + CASE ?1 WHEN 1 THEN min(max(?2 - since, 30000), 3600000) ELSE ?4 END"
                + (over ? ", sealed = NULL" : "") + " WHERE recipient = ?5 AND id = ?6";
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setInt(1, fate.way().number);
            update.setLong(2, fate.since().toEpochMilli());
            update.setString(3, fate.reason().orElse(null));
            update.setLong(4, retry.toMillis());
            update.setString(5, message.getTo());
            update.setBytes(6, Sealed.id(message).toByteArray());
            update.executeUpdate();
        }
    }

    /** Keeps what came in; false where there is no room for more of its sender. */
    static boolean keep(Connection connection, SealedMessage message, int room, Instant at) throws SQLException {
        String sql = "INSERT INTO sealed_in (sender, id, kind, about, sealed, at) SELECT ?1, ?2, ?3, ?4, ?5, ?6"
                + " WHERE (SELECT count(*) FROM sealed_in WHERE sender = ?1) < ?7 ON CONFLICT DO NOTHING";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, message.getFrom());
            insert.setBytes(2, Sealed.id(message).toByteArray());
            insert.setInt(3, message.getKindValue());
            insert.setBytes(4, message.getAbout().toByteArray());
            insert.setBytes(5, message.getSealed().toByteArray());
            insert.setLong(6, at.toEpochMilli());
            insert.setInt(7, room);
            return insert.executeUpdate() > 0 || isKept(connection, message);
        }
    }

    private static boolean isKept(Connection connection, SealedMessage message) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT 1 FROM sealed_in WHERE sender = ? AND id = ?")) {
            select.setString(1, message.getFrom());
            select.setBytes(2, Sealed.id(message).toByteArray());
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    /** A message that came in, and when. */
    record Kept(SealedMessage message, Instant at) {}

    /** What came in and is not settled, oldest first. */
    static List<Kept> kept(Connection connection, String self) throws SQLException {
        List<Kept> kept = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                        "SELECT sender, kind, about, sealed, at FROM sealed_in ORDER BY at");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                SealedMessage message = SealedMessage.newBuilder()
                        .setFrom(row.getString(1))
                        .setTo(self)
                        .setKind(kind(row.getInt(2)))
                        .setAbout(ByteString.copyFrom(row.getBytes(3)))
                        .setSealed(ByteString.copyFrom(row.getBytes(4)))
                        .build();
                kept.add(new Kept(message, Instant.ofEpochMilli(row.getLong(5))));
            }
        }
        return kept;
    }

    static void settled(Connection connection, SealedMessage message) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM sealed_in WHERE sender = ? AND id = ?")) {
            delete.setString(1, message.getFrom());
            delete.setBytes(2, Sealed.id(message).toByteArray());
            delete.executeUpdate();
        }
    }
}
