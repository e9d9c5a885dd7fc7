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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** One digest over every byte of the graph's tables, row by row in key order: equal graphs, equal digests. */
public final class GraphDump {
    /** Each table, with the columns of its key behind the federation. */
    static final Map<String, String> TABLES = tables();

    private GraphDump() {}

    private static Map<String, String> tables() {
        Map<String, String> tables = new LinkedHashMap<>();
        tables.put("said", "first");
        tables.put("place_run", "space, level, run, first, page");
        tables.put("vertex_label", "label, id");
        tables.put("edge", "src, walked, dst, kind");
        tables.put("edge_back", "dst, walked, src, kind");
        tables.put("round", "id");
        tables.put("participation", "round, member");
        tables.put("generation", "content, occurrence");
        tables.put("waiting", "round, idx");
        tables.put("without_effect", "idx");
        return Collections.unmodifiableMap(tables);
    }

    /** SHA-256 over all rows of a federation's graph; each value is preceded by its length. */
    public static Digest of(Connection connection, long federation) throws SQLException {
        MessageDigest hash = Hashing.newSha256();
        for (Map.Entry<String, String> table : TABLES.entrySet()) {
            add(hash, table.getKey().getBytes(StandardCharsets.UTF_8));
            rows(connection, federation, table, hash);
        }
        return Hashing.finish(hash);
    }

    private static void rows(
            Connection connection, long federation, Map.Entry<String, String> table, MessageDigest hash)
            throws SQLException {
        String sql = "SELECT * FROM " + table.getKey() + " WHERE federation = ? ORDER BY " + table.getValue();
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
