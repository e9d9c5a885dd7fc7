package dev.weft.node.release;

import dev.weft.node.release.Fate.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** What the federation was told of which field, on a connection that the caller hands in. */
final class ToldStore {

    private ToldStore() {}

    /** Takes down what a statement that was signed tells. */
    static void put(Connection connection, long release, List<Fate> fates) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO told (record, field, outcome, release)"
                + " VALUES (?, ?, ?, ?) ON CONFLICT (record, field) DO UPDATE SET outcome = excluded.outcome,"
                + " release = excluded.release WHERE excluded.outcome > told.outcome")) {
            for (Fate fate : fates) {
                if (fate.outcome() != Outcome.STAYS) {
                    insert.setLong(1, fate.record());
                    insert.setString(2, fate.field());
                    insert.setInt(3, fate.outcome().number());
                    insert.setLong(4, release);
                    insert.executeUpdate();
                }
            }
        }
    }

    /** Whether the federation knows as much of the field already. */
    static boolean known(Connection connection, Fate fate) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT 1 FROM told WHERE record = ? AND field = ? AND outcome >= ?")) {
            select.setLong(1, fate.record());
            select.setString(2, fate.field());
            select.setInt(3, fate.outcome().number());
            try (ResultSet rows = select.executeQuery()) {
                return rows.next();
            }
        }
    }

    /** The most that the federation was told of a field; empty for nothing. */
    static Optional<Outcome> told(Connection connection, long record, String field) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT outcome FROM told WHERE record = ? AND field = ?")) {
            select.setLong(1, record);
            select.setString(2, field);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? Optional.of(Outcome.ofNumber(rows.getInt(1))) : Optional.empty();
            }
        }
    }
}
