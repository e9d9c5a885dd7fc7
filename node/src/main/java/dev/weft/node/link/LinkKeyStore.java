package dev.weft.node.link;

import com.google.protobuf.ByteString;
import dev.weft.node.link.Asked.State;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.standing.LinkEpoch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Epochs, what others asked of this node and what it asked of others; on a connection that is handed in. */
final class LinkKeyStore {
    private LinkKeyStore() {}

    static List<LinkEpoch> epochs(Connection connection) throws SQLException {
        List<LinkEpoch> epochs = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                        "SELECT number, check_value, author, statement, log_index FROM link_epoch ORDER BY number");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                epochs.add(new LinkEpoch(
                        rows.getInt(1),
                        Digest.of(rows.getBytes(2)),
                        new MemberName(rows.getString(3)),
                        Digest.of(rows.getBytes(4)),
                        rows.getLong(5)));
            }
        }
        return epochs;
    }

    static void putEpochs(Connection connection, List<LinkEpoch> epochs) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM link_epoch");
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO link_epoch (number, check_value, author, statement, log_index) VALUES (?, ?, ?, ?, ?)")) {
            delete.executeUpdate();
            for (LinkEpoch epoch : epochs) {
                insert.setInt(1, epoch.number());
                insert.setBytes(2, epoch.check().toByteArray());
                insert.setString(3, epoch.author().value());
                insert.setBytes(4, epoch.statement().toByteArray());
                insert.setLong(5, epoch.index());
                insert.executeUpdate();
            }
        }
    }

    /** Takes down that this node stated a key of that epoch; false where it did so before. */
    static boolean claim(Connection connection, int epoch, Digest statement) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO link_made (epoch, statement) VALUES (?, ?) ON CONFLICT DO NOTHING")) {
            insert.setInt(1, epoch);
            insert.setBytes(2, statement.toByteArray());
            return insert.executeUpdate() > 0;
        }
    }

    private static final String REQUEST =
            "SELECT id, member, epoch, key_id, asked_at, state, decided_by, reason FROM link_request ";

    static List<Asked> requests(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(REQUEST + "ORDER BY id")) {
            return requests(select);
        }
    }

    static Optional<Asked> request(Connection connection, long id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(REQUEST + "WHERE id = ?")) {
            select.setLong(1, id);
            return requests(select).stream().findFirst();
        }
    }

    static Optional<Asked> request(Connection connection, MemberName member, int epoch) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(REQUEST + "WHERE member = ? AND epoch = ?")) {
            select.setString(1, member.value());
            select.setInt(2, epoch);
            return requests(select).stream().findFirst();
        }
    }

    private static List<Asked> requests(PreparedStatement select) throws SQLException {
        List<Asked> found = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                found.add(new Asked(
                        rows.getLong(1),
                        new MemberName(rows.getString(2)),
                        rows.getInt(3),
                        ByteString.copyFrom(rows.getBytes(4)),
                        Instant.ofEpochMilli(rows.getLong(5)),
                        State.valueOf(rows.getString(6).toUpperCase(Locale.ROOT)),
                        Optional.ofNullable(rows.getString(7)),
                        Optional.ofNullable(rows.getString(8))));
            }
        }
        return found;
    }

    /** A new request, or one that has to be decided anew, since it is for another key. */
    static void ask(Connection connection, MemberName member, int epoch, ByteString keyId, Instant at)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO link_request (member, epoch, key_id, asked_at, state) VALUES (?, ?, ?, ?, 'waiting')"
                        + " ON CONFLICT (member, epoch) DO UPDATE SET key_id = excluded.key_id,"
                        + " asked_at = excluded.asked_at, state = 'waiting', decided_by = NULL, reason = NULL")) {
            insert.setString(1, member.value());
            insert.setInt(2, epoch);
            insert.setBytes(3, keyId.toByteArray());
            insert.setLong(4, at.toEpochMilli());
            insert.executeUpdate();
        }
    }

    static void decide(Connection connection, long id, State state, String by, Optional<String> reason)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE link_request SET state = ?, decided_by = ?, reason = ? WHERE id = ?")) {
            update.setString(1, state.text());
            update.setString(2, by);
            update.setString(3, reason.orElse(null));
            update.setLong(4, id);
            update.executeUpdate();
        }
    }

    /**
     * Whom this node asked for the key of an epoch.
     *
     * @param refusal stable reason code of the answer, if one came
     */
    record Sought(MemberName member, Instant askedAt, Optional<String> refusal) {}

    /** In the order of asking. */
    static List<Sought> sought(Connection connection, int epoch) throws SQLException {
        List<Sought> found = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT member, asked_at, refusal FROM link_sought WHERE epoch = ? ORDER BY asked_at, member")) {
            select.setInt(1, epoch);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found.add(new Sought(
                            new MemberName(rows.getString(1)),
                            Instant.ofEpochMilli(rows.getLong(2)),
                            Optional.ofNullable(rows.getString(3))));
                }
            }
        }
        return found;
    }

    /** This node asks a member; an answer that came before counts no more. */
    static void seek(Connection connection, int epoch, MemberName member, Instant at) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO link_sought (epoch, member, asked_at) VALUES (?, ?, ?)"
                        + " ON CONFLICT (epoch, member) DO UPDATE SET asked_at = excluded.asked_at, refusal = NULL")) {
            insert.setInt(1, epoch);
            insert.setString(2, member.value());
            insert.setLong(3, at.toEpochMilli());
            insert.executeUpdate();
        }
    }

    static void refused(Connection connection, int epoch, MemberName member, String reason) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE link_sought SET refusal = ? WHERE epoch = ? AND member = ?")) {
            update.setString(1, reason);
            update.setInt(2, epoch);
            update.setString(3, member.value());
            update.executeUpdate();
        }
    }
}
