package dev.weft.proto.log;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.TreeHead;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A log in three tables, which the daemon's migrations create (SQLite; PostgreSQL says {@code bytea} and {@code bigint}):
 *
 * <pre>{@code
 * CREATE TABLE log_entry (log INTEGER NOT NULL, idx INTEGER NOT NULL, entry BLOB NOT NULL, PRIMARY KEY (log, idx));
 * CREATE TABLE log_tile (log INTEGER NOT NULL, level INTEGER NOT NULL, idx INTEGER NOT NULL, hashes BLOB NOT NULL,
 *     PRIMARY KEY (log, level, idx));
 * CREATE TABLE log_head (log INTEGER NOT NULL PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL);
 * }</pre>
 *
 * <p>Keeps its statements prepared until it, or the connection, is closed. Never commits.
 */
public final class JdbcLogStore implements LogStore, AutoCloseable {
    private final Connection connection;
    private final long log;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();

    /** The log with that leading key, on that connection. */
    public JdbcLogStore(Connection connection, long log) {
        this.connection = connection;
        this.log = log;
    }

    @Override
    public long size() {
        return query("SELECT max(idx) + 1 FROM log_entry WHERE log = ?", rows -> rows.next() ? rows.getLong(1) : 0L);
    }

    @Override
    public void append(long firstIndex, List<ByteString> entries) {
        try {
            PreparedStatement insert = prepare("INSERT INTO log_entry (log, idx, entry) VALUES (?, ?, ?)");
            for (int i = 0; i < entries.size(); i++) {
                insert.setLong(1, log);
                insert.setLong(2, firstIndex + i);
                insert.setBytes(3, entries.get(i).toByteArray());
                insert.executeUpdate();
            }
        } catch (SQLException e) {
            throw failed("Appending log entries from " + firstIndex, e);
        }
    }

    @Override
    public ByteString entry(long index) {
        List<ByteString> found = entries(index, 1);
        if (found.isEmpty()) {
            throw new IndexOutOfBoundsException("The log has no entry " + index);
        }
        return found.get(0);
    }

    @Override
    public List<ByteString> entries(long first, int count) {
        // The index itself is compared, so that a hole shows as an early end and not as shifted entries.
        return query(
                "SELECT idx, entry FROM log_entry WHERE log = ? AND idx >= ? AND idx < ? ORDER BY idx",
                rows -> {
                    List<ByteString> entries = new ArrayList<>(Math.min(count, 4096));
                    while (rows.next() && rows.getLong(1) == first + entries.size()) {
                        entries.add(ByteString.copyFrom(rows.getBytes(2)));
                    }
                    return entries;
                },
                first,
                Math.addExact(first, count));
    }

    @Override
    public Optional<ByteString> tile(int level, long index) {
        return query(
                "SELECT hashes FROM log_tile WHERE log = ? AND level = ? AND idx = ?",
                rows -> rows.next() ? Optional.of(ByteString.copyFrom(rows.getBytes(1))) : Optional.empty(),
                level,
                index);
    }

    @Override
    public void putTile(int level, long index, ByteString hashes) {
        update(
                "INSERT INTO log_tile (log, level, idx, hashes) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                log,
                (long) level,
                index,
                hashes.toByteArray());
    }

    @Override
    public boolean compareAndSetHead(TreeHead expected, TreeHead next) {
        if (expected.isEmpty() && head().isEmpty()) {
            String insert = "INSERT INTO log_head (log, size, root) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
            if (update(insert, log, next.size(), next.root().toByteArray()) == 1) {
                return true;
            }
        }
        return update(
                        "UPDATE log_head SET root = ?, size = ? WHERE log = ? AND size = ? AND root = ?",
                        next.root().toByteArray(),
                        next.size(),
                        log,
                        expected.size(),
                        expected.root().toByteArray())
                == 1;
    }

    @Override
    public TreeHead head() {
        return query(
                "SELECT size, root FROM log_head WHERE log = ?",
                rows -> rows.next() ? new TreeHead(rows.getLong(1), Digest.of(rows.getBytes(2))) : TreeHead.EMPTY);
    }

    /** Closes the prepared statements, not the connection. */
    @Override
    public void close() {
        try {
            for (PreparedStatement statement : prepared.values()) {
                statement.close();
            }
            prepared.clear();
        } catch (SQLException e) {
            throw new LogStoreException("Closing the log's statements", e);
        }
    }

    private interface Reading<T> {
        T read(ResultSet rows) throws SQLException;
    }

    private <T> T query(String sql, Reading<T> reading, long... keys) {
        try {
            PreparedStatement statement = prepare(sql);
            statement.setLong(1, log);
            for (int i = 0; i < keys.length; i++) {
                statement.setLong(i + 2, keys[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                return reading.read(rows);
            }
        } catch (SQLException e) {
            throw failed("Reading the log", e);
        }
    }

    private int update(String sql, Object... values) {
        try {
            PreparedStatement statement = prepare(sql);
            for (int i = 0; i < values.length; i++) {
                if (values[i] instanceof byte[] bytes) {
                    statement.setBytes(i + 1, bytes);
                } else {
                    statement.setLong(i + 1, (Long) values[i]);
                }
            }
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw failed("Writing the log", e);
        }
    }

    /** The SQLite driver never revives a statement that failed for a full disk: all are prepared anew. */
    private LogStoreException failed(String what, SQLException cause) {
        LogStoreException failure = new LogStoreException(what, cause);
        try {
            close();
        } catch (LogStoreException e) {
            failure.addSuppressed(e);
            prepared.clear();
        }
        return failure;
    }

    private PreparedStatement prepare(String sql) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        return statement;
    }
}
