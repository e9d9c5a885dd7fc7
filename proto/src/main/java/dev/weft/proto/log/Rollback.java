package dev.weft.proto.log;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Takes back what a connection has begun, whoever gave it up. SQLite gives a transaction up by itself where the disk is full
 * or broken (https://www.sqlite.org/lang_transaction.html, section 3), while its driver still believes in one: without a new
 * beginning every later statement would be committed alone, and no commit would ever succeed.
 */
public final class Rollback {
    private Rollback() {}

    /**
     * Leaves the connection, which does not commit by itself, at the beginning of a transaction. Prepared statements that
     * failed for want of room are closed by the driver for good: whoever keeps some prepares them anew.
     */
    public static void of(Connection connection) throws SQLException {
        try {
            connection.rollback();
        } catch (SQLException gone) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("BEGIN");
            }
        }
    }
}
