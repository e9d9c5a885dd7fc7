package dev.weft.node.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Which incarnations have had an anchor file. */
final class AnchorStore {

    private AnchorStore() {}

    static boolean wasAnchored(Connection connection, int incarnation) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT 1 FROM anchored WHERE incarnation = ?")) {
            select.setInt(1, incarnation);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next();
            }
        }
    }

    static void anchored(Connection connection, int incarnation) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO anchored (incarnation) VALUES (?) ON CONFLICT DO NOTHING")) {
            insert.setInt(1, incarnation);
            insert.executeUpdate();
        }
    }
}
