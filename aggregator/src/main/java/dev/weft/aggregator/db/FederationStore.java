package dev.weft.aggregator.db;

import dev.weft.proto.digest.Digest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** The federations of this database and the integer that leads their rows. */
public final class FederationStore {
    /** One federation's row. */
    public record Federation(long key, Digest id, String name, String origin) {}

    private FederationStore() {}

    public static void put(Connection connection, Federation federation) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO federation (federation, id, name, origin) VALUES (?, ?, ?, ?)")) {
            insert.setLong(1, federation.key());
            insert.setBytes(2, federation.id().toByteArray());
            insert.setString(3, federation.name());
            insert.setString(4, federation.origin());
            insert.executeUpdate();
        }
    }

    /** Its log goes on under another origin. */
    public static void move(Connection connection, long key, String origin) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE federation SET origin = ? WHERE federation = ?")) {
            update.setString(1, origin);
            update.setLong(2, key);
            update.executeUpdate();
        }
    }

    /** The federation of a directory; a directory has one now. */
    public static Optional<Federation> first(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                        "SELECT federation, id, name, origin FROM federation ORDER BY federation LIMIT 1");
                ResultSet row = select.executeQuery()) {
            return row.next()
                    ? Optional.of(new Federation(
                            row.getLong(1), Digest.of(row.getBytes(2)), row.getString(3), row.getString(4)))
                    : Optional.empty();
        }
    }
}
