package dev.weft.proto.log;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.TilePath;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The full tiles last used, with their inner nodes: 16 KiB each. Full tiles never change, so readers share it. Tiles above
 * the lowest have a share of their own, which holds all that a log of sixteen million leaves has: a proof of any entry then
 * reads one tile from the store, however many entries were asked for in between.
 */
final class TileCache {
    /** 2 MiB of tiles of leaves. */
    private static final int LOWEST = 128;
    /** 4 MiB of tiles above. */
    private static final int UPPER = 256;

    private record Key(int level, long index) {}

    /** Those used last. */
    private static final class Share extends LinkedHashMap<Key, TileNodes> {
        private static final long serialVersionUID = 1L;

        private final int most;

        Share(int most) {
            super(2 * most, 0.75f, true);
            this.most = most;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, TileNodes> eldest) {
            return size() > most;
        }
    }

    private final Share lowest = new Share(LOWEST);
    private final Share upper = new Share(UPPER);

    TileNodes tile(LogStore store, int level, long index) {
        Key key = new Key(level, index);
        Share tiles = level == 0 ? lowest : upper;
        TileNodes cached;
        synchronized (this) {
            cached = tiles.get(key);
        }
        if (cached != null) {
            return cached;
        }
        ByteString hashes = store.tile(level, index)
                .filter(bytes -> bytes.size() == TilePath.FULL * Digest.SIZE)
                .orElseThrow(() -> new IndexOutOfBoundsException("The log has no full tile " + key));
        TileNodes tile = TileNodes.of(hashes);
        synchronized (this) {
            tiles.put(key, tile);
        }
        return tile;
    }

    /** Forgets everything: tiles of a rolled back transaction may be other ones the next time. */
    synchronized void clear() {
        lowest.clear();
        upper.clear();
    }
}
