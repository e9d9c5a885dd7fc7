package dev.weft.proto.log;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.TilePath;
import java.util.LinkedHashMap;
import java.util.Map;

/** The full tiles last used, with their inner nodes: 16 KiB each. Full tiles never change, so readers share it. */
final class TileCache {
    /** 4 MiB in all. */
    private static final int TILES = 256;

    private record Key(int level, long index) {}

    private final Map<Key, TileNodes> tiles = new LinkedHashMap<>(2 * TILES, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, TileNodes> eldest) {
            return size() > TILES;
        }
    };

    TileNodes tile(LogStore store, int level, long index) {
        Key key = new Key(level, index);
        TileNodes cached;
        synchronized (tiles) {
            cached = tiles.get(key);
        }
        if (cached != null) {
            return cached;
        }
        ByteString hashes = store.tile(level, index)
                .filter(bytes -> bytes.size() == TilePath.FULL * Digest.SIZE)
                .orElseThrow(() -> new IndexOutOfBoundsException("The log has no full tile " + key));
        TileNodes tile = TileNodes.of(hashes);
        synchronized (tiles) {
            tiles.put(key, tile);
        }
        return tile;
    }

    /** Forgets everything: tiles of a rolled back transaction may be other ones the next time. */
    void clear() {
        synchronized (tiles) {
            tiles.clear();
        }
    }
}
