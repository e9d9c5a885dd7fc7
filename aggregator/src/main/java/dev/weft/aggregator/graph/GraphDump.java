package dev.weft.aggregator.graph;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** One digest over every byte of the graph's tables, row by row in key order: equal graphs, equal digests. */
public final class GraphDump {
    static final List<String> TABLES = List.of(
            "vertex", "vertex_label", "edge", "round", "participation", "generation", "waiting", "without_effect");

    private GraphDump() {}

    /** SHA-256 over all rows of a federation's graph; each value is preceded by its length. */
    public static Digest of(Connection connection, long federation) throws SQLException {
        MessageDigest hash = Hashing.newSha256();
        for (String table : TABLES) {
            add(hash, table.getBytes(StandardCharsets.UTF_8));
            rows(connection, federation, table, hash);
        }
        return Hashing.finish(hash);
    }

    private static void rows(Connection connection, long federation, String table, MessageDigest hash)
            throws SQLException {
        // Columns 2 and 3 are the key of every table but edge, whose ends may be joined twice.
        String sql =
                "SELECT * FROM " + table + " WHERE federation = ? ORDER BY 2, 3" + (table.equals("edge") ? ", 4" : "");
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, federation);
            try (ResultSet rows = select.executeQuery()) {
                int columns = rows.getMetaData().getColumnCount();
                while (rows.next()) {
                    for (int column = 1; column <= columns; column++) {
                        Object value = rows.getObject(column);
                        add(
                                hash,
                                value instanceof byte[] bytes
                                        ? bytes
                                        : String.valueOf(value).getBytes(StandardCharsets.UTF_8));
                    }
                }
            }
        }
    }

    private static void add(MessageDigest hash, byte[] value) {
        hash.update(ByteBuffer.allocate(Integer.BYTES).putInt(value.length).flip());
        hash.update(value);
    }
}
