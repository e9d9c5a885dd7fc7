package dev.weft.aggregator.graph;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The rows of {@code said}, with those that were read last at hand. */
final class BlockStore {
    /** Takes one block after the other. */
    interface Each {
        void take(Block block) throws SQLException;
    }

    private static final int AT_HAND = 1_024;

    private final Statements db;
    private final long federation;
    private final NavigableMap<Long, Block> atHand = new TreeMap<>();

    BlockStore(Statements db, long federation) {
        this.db = db;
        this.federation = federation;
    }

    /** The number of the newest vertex; 0 before the first. */
    long last() throws SQLException {
        Long last = db.first(
                "SELECT first + size - 1 FROM said WHERE federation = ? ORDER BY first DESC LIMIT 1",
                row -> row.getLong(1),
                federation);
        return last == null ? 0 : last;
    }

    /** The block that holds the vertex of that number; that no block holds it is an IllegalStateException. */
    Block holding(long id) throws SQLException {
        Map.Entry<Long, Block> near = atHand.floorEntry(id);
        if (near != null && near.getValue().holds(id)) {
            return near.getValue();
        }
        Block block = read(id);
        if (block == null || !block.holds(id)) {
            throw new IllegalStateException(
                    "The graph names vertex " + id + ", which is not stored; run 'weft-aggregator rebuild'");
        }
        keep(block);
        return block;
    }

    private @Nullable Block read(long id) throws SQLException {
        return db.first(
                "SELECT first, body FROM said WHERE federation = ? AND first <= ? ORDER BY first DESC LIMIT 1",
                BlockStore::block,
                federation,
                id);
    }

    private void keep(Block block) {
        if (atHand.size() >= AT_HAND) {
            atHand.clear();
        }
        atHand.put(block.first(), block);
    }

    /** All blocks whose first vertex is above that number, in order. */
    void above(long id, Each each) throws SQLException {
        try (ResultSet rows = db.with(
                        "SELECT first, body FROM said WHERE federation = ? AND first > ? ORDER BY first",
                        federation,
                        id)
                .executeQuery()) {
            while (rows.next()) {
                each.take(block(rows));
            }
        }
    }

    void insert(Block block) throws SQLException {
        db.update(
                "INSERT INTO said (federation, first, size, body) VALUES (?, ?, ?, ?)",
                federation,
                block.first(),
                block.vertices().size(),
                BlockCodec.encode(block));
    }

    /** Writes one anew whose vertices have changed. */
    void replace(Block block) throws SQLException {
        db.update(
                "UPDATE said SET body = ? WHERE federation = ? AND first = ?",
                BlockCodec.encode(block),
                federation,
                block.first());
        keep(block);
    }

    private static Block block(ResultSet row) throws SQLException {
        return BlockCodec.decode(row.getLong(1), row.getBytes(2));
    }
}
