package dev.weft.it.search;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Every value of every table of an SQLite database, whole: in the file a long one is cut over pages. */
public final class SqliteHaystack implements Haystack {

    private final Path file;

    public SqliteHaystack(Path file) {
        this.file = file;
    }

    @Override
    public void parts(Part part) {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA query_only = true");
            for (String table : tables(statement)) {
                values(statement, table, part);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("cannot read " + file, e);
        }
    }

    private static List<String> tables(Statement statement) throws SQLException {
        List<String> tables = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery("SELECT name FROM sqlite_schema WHERE type = 'table'")) {
            while (rows.next()) {
                tables.add(rows.getString(1));
            }
        }
        return tables;
    }

    private static void values(Statement statement, String table, Part part) throws SQLException {
        try (ResultSet rows = statement.executeQuery("SELECT * FROM \"" + table.replace("\"", "\"\"") + "\"")) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                for (int column = 1; column <= columns; column++) {
                    Object value = rows.getObject(column);
                    if (value != null) {
                        String place =
                                "table " + table + "." + rows.getMetaData().getColumnName(column);
                        part.accept(
                                place,
                                value instanceof byte[] bytes
                                        ? bytes
                                        : value.toString().getBytes(StandardCharsets.UTF_8));
                    }
                }
            }
        }
    }
}
