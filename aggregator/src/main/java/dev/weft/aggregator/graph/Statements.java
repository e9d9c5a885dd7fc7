package dev.weft.aggregator.graph;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Prepared statements of one connection, each made once. For the thread that owns the connection. */
final class Statements implements AutoCloseable {
    /** Reads one row. */
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(Statements.class);

    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();

    Statements(Connection connection) {
        this.connection = connection;
    }

    boolean of(Connection other) {
        return connection == other;
    }

    Connection connection() {
        return connection;
    }

    /** The statement with these parameters set: Long, Integer, String or byte[]. */
    PreparedStatement with(String sql, Object... parameters) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        for (int i = 0; i < parameters.length; i++) {
            set(statement, i + 1, parameters[i]);
        }
        return statement;
    }

    void update(String sql, Object... parameters) throws SQLException {
        with(sql, parameters).executeUpdate();
    }

    <T> @Nullable T first(String sql, Row<T> read, Object... parameters) throws SQLException {
        try (ResultSet rows = with(sql, parameters).executeQuery()) {
            return rows.next() ? read.read(rows) : null;
        }
    }

    @Override
    public void close() throws SQLException {
        for (PreparedStatement statement : prepared.values()) {
            statement.close();
        }
        prepared.clear();
    }

    /** As {@link #close}, after a failure: what cannot be closed is gone already. */
    void drop() {
        for (PreparedStatement statement : prepared.values()) {
            try {
                statement.close();
            } catch (SQLException e) {
                LOG.debug("A statement could not be closed", e);
            }
        }
        prepared.clear();
    }

    private static void set(PreparedStatement statement, int place, Object value) throws SQLException {
        if (value instanceof Long number) {
            statement.setLong(place, number);
        } else if (value instanceof Integer number) {
            statement.setInt(place, number);
        } else if (value instanceof byte[] bytes) {
            statement.setBytes(place, bytes);
        } else {
            statement.setString(place, (String) value);
        }
    }
}
