package dev.weft.aggregator.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Which seq of which author lies at which index of the log: what makes a resend harmless and a second statement
 * visible. Keeps its prepared statements, so one instance belongs to one connection and one thread.
 */
public final class SequenceStore implements AutoCloseable {
    /** The last statement of an author in its newest incarnation. */
    public record Last(String author, int incarnation, long seq, long index) {}

    private static final String INSERT =
            "INSERT INTO statement_seq (federation, author, incarnation, seq, idx) VALUES (?, ?, ?, ?, ?)";
    private static final String FIND =
            "SELECT idx FROM statement_seq WHERE federation = ? AND author = ? AND incarnation = ? AND seq = ?";

    private final Connection connection;
    private final long federation;
    private final Map<String, Integer> authors = new HashMap<>();
    private PreparedStatement insert;
    private PreparedStatement find;

    public SequenceStore(Connection connection, long federation) throws SQLException {
        this.connection = connection;
        this.federation = federation;
        this.insert = connection.prepareStatement(INSERT);
        this.find = connection.prepareStatement(FIND);
        loadAuthors();
    }

    /** Queues a row; {@link #flush} writes all queued ones. */
    public void add(String author, int incarnation, long seq, long index) throws SQLException {
        insert.setLong(1, federation);
        insert.setInt(2, number(author));
        insert.setInt(3, incarnation);
        insert.setLong(4, seq);
        insert.setLong(5, index);
        insert.addBatch();
    }

    public void flush() throws SQLException {
        insert.executeBatch();
    }

    public OptionalLong find(String author, int incarnation, long seq) throws SQLException {
        Integer number = authors.get(author);
        if (number == null) {
            return OptionalLong.empty();
        }
        find.setLong(1, federation);
        find.setInt(2, number);
        find.setInt(3, incarnation);
        find.setLong(4, seq);
        try (ResultSet row = find.executeQuery()) {
            return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
        }
    }

    /** The last statement of every author, for the start. */
    public static List<Last> last(Connection connection, long federation) throws SQLException {
        // SQLite: the bare columns beside a single max() come from the row that has it.
        String sql = """
                SELECT name, incarnation, seq, idx FROM author JOIN (
                  SELECT author, incarnation, seq, max(idx) AS idx FROM statement_seq
                  WHERE federation = ?1 GROUP BY author) USING (author)
                WHERE federation = ?1 ORDER BY idx""";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, federation);
            List<Last> found = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.add(new Last(row.getString(1), row.getInt(2), row.getLong(3), row.getLong(4)));
                }
            }
            return found;
        }
    }

    /** Forgets what a rolled-back transaction left in memory; its statements may be beyond use. */
    public void rolledBack() throws SQLException {
        close();
        insert = connection.prepareStatement(INSERT);
        find = connection.prepareStatement(FIND);
        loadAuthors();
    }

    @Override
    public void close() throws SQLException {
        insert.close();
        find.close();
    }

    private int number(String author) throws SQLException {
        Integer known = authors.get(author);
        if (known != null) {
            return known;
        }
        int number = authors.size();
        try (PreparedStatement add =
                connection.prepareStatement("INSERT INTO author (federation, author, name) VALUES (?, ?, ?)")) {
            add.setLong(1, federation);
            add.setInt(2, number);
            add.setString(3, author);
            add.executeUpdate();
        }
        authors.put(author, number);
        return number;
    }

    private void loadAuthors() throws SQLException {
        authors.clear();
        try (PreparedStatement select =
                connection.prepareStatement("SELECT name, author FROM author WHERE federation = ?")) {
            select.setLong(1, federation);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    authors.put(row.getString(1), row.getInt(2));
                }
            }
        }
    }
}
