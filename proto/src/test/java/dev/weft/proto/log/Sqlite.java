package dev.weft.proto.log;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** A real database for tests, as the daemons open theirs. */
final class Sqlite {
    private Sqlite() {}

    static Connection open(Path file) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        run(connection, "PRAGMA journal_mode = WAL");
        run(connection, "PRAGMA synchronous = FULL");
        run(
                connection,
                "CREATE TABLE IF NOT EXISTS log_entry (log INTEGER NOT NULL, idx INTEGER NOT NULL, entry BLOB NOT NULL,"
                        + " PRIMARY KEY (log, idx))");
        run(
                connection,
                "CREATE TABLE IF NOT EXISTS log_tile (log INTEGER NOT NULL, level INTEGER NOT NULL, idx INTEGER NOT"
                        + " NULL, hashes BLOB NOT NULL, PRIMARY KEY (log, level, idx))");
        run(
                connection,
                "CREATE TABLE IF NOT EXISTS log_head (log INTEGER NOT NULL PRIMARY KEY, size INTEGER NOT NULL, root BLOB"
                        + " NOT NULL)");
        run(connection, "CREATE TABLE IF NOT EXISTS t (v TEXT NOT NULL UNIQUE, filler BLOB)");
        return connection;
    }

    static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
