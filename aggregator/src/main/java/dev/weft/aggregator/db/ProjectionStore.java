package dev.weft.aggregator.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** How far the graph has come along the log, and which entries it could not take. */
public final class ProjectionStore {
    private ProjectionStore() {}

    /** Index of the next entry to project; 0 before the first. */
    public static long next(Connection connection, long federation) throws SQLException {
        return number(connection, "SELECT next FROM projection WHERE federation = ?", federation);
    }

    public static void setNext(Connection connection, long federation, long next) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(
                "INSERT INTO projection (federation, next) VALUES (?1, ?2) ON CONFLICT (federation) DO UPDATE SET next = ?2")) {
            upsert.setLong(1, federation);
            upsert.setLong(2, next);
            upsert.executeUpdate();
        }
    }

    /** Marks an entry: it is in the log and stays out of the graph. */
    public static void addUnprojected(Connection connection, long federation, long index, String reason)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT OR REPLACE INTO unprojected (federation, idx, reason) VALUES (?, ?, ?)")) {
            insert.setLong(1, federation);
            insert.setLong(2, index);
            insert.setString(3, reason);
            insert.executeUpdate();
        }
    }

    public static long unprojected(Connection connection, long federation) throws SQLException {
        return number(connection, "SELECT count(*) FROM unprojected WHERE federation = ?", federation);
    }

    /** Before a rebuild: the projection starts again at entry 0. */
    public static void reset(Connection connection, long federation) throws SQLException {
        setNext(connection, federation, 0);
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM unprojected WHERE federation = ?")) {
            delete.setLong(1, federation);
            delete.executeUpdate();
        }
    }

    private static long number(Connection connection, String sql, long federation) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, federation);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }
}
