package dev.weft.proto.log;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.Frontier;
import dev.weft.proto.merkle.HashReader;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TilePath;
import dev.weft.proto.merkle.TreeHead;
import java.util.ArrayList;
import java.util.List;

/** The partial tile of every level, in memory: all that an append touches, and what makes the root. */
final class RightEdge {
    private final List<TileNodes> levels;
    private long size;

    private RightEdge(List<TileNodes> levels, long size) {
        this.levels = levels;
        this.size = size;
    }

    static RightEdge empty() {
        return new RightEdge(new ArrayList<>(), 0);
    }

    /** Rebuilds the edge of the tree of {@code size} leaves from entries and full tiles, reading them all back. */
    static RightEdge read(LogStore store, long size) throws VerificationException {
        RightEdge edge = new RightEdge(new ArrayList<>(), size);
        for (int level = 0; TilePath.count(level, size) > 0; level++) {
            long hashes = TilePath.count(level, size);
            long first = hashes - hashes % TilePath.FULL;
            edge.levels.add(level == 0 ? leaves(store, first, size) : roots(store, level - 1, first, hashes));
        }
        return edge;
    }

    private static TileNodes leaves(LogStore store, long first, long size) throws VerificationException {
        TileNodes tile = new TileNodes();
        List<ByteString> entries = store.entries(first, (int) (size - first));
        for (ByteString entry : entries) {
            tile.append(MerkleMath.leafHash(entry));
        }
        if (tile.width() != size - first) {
            throw corrupt("entry " + (first + tile.width()) + " is missing");
        }
        return tile;
    }

    /** The roots of full tiles of the level below. */
    private static TileNodes roots(LogStore store, int below, long first, long end) throws VerificationException {
        TileNodes tile = new TileNodes();
        for (long i = first; i < end; i++) {
            tile.append(readTile(store, below, i).node(TileNodes.HEIGHT, 0));
        }
        return tile;
    }

    private static TileNodes readTile(LogStore store, int level, long index) throws VerificationException {
        ByteString hashes = store.tile(level, index).orElse(ByteString.EMPTY);
        if (hashes.size() != TilePath.FULL * Digest.SIZE) {
            throw corrupt("tile " + new TilePath(level, index, TilePath.FULL).path() + " is missing or cut off");
        }
        return TileNodes.of(hashes);
    }

    static VerificationException corrupt(String what) {
        return new VerificationException(
                Reason.LOG_CORRUPT,
                "The stored log contradicts itself: " + what
                        + "; restore it from a backup or a mirror, it signs nothing now.");
    }

    /** Adds a leaf; full tiles go to the store, and their roots up. */
    void append(Digest leafHash, LogStore store) {
        Digest hash = leafHash;
        int level = 0;
        boolean full = true;
        while (full) {
            if (level == levels.size()) {
                levels.add(new TileNodes());
            }
            TileNodes tile = levels.get(level);
            tile.append(hash);
            full = tile.isFull();
            if (full) {
                hash = tile.node(TileNodes.HEIGHT, 0);
                store.putTile(level, size >>> (8 * (level + 1)), tile.hashes());
                levels.set(level, new TileNodes());
                level++;
            }
        }
        size++;
    }

    long size() {
        return size;
    }

    TreeHead head() {
        return Frontier.from(reader(), size).head();
    }

    /** Whether the node lies in a partial tile. */
    boolean holds(int level, long index) {
        int tileLevel = level / TileNodes.HEIGHT;
        return tileLevel < levels.size() && tile(level, index) == TilePath.count(tileLevel, size) / TilePath.FULL;
    }

    Digest hash(int level, long index) {
        return levels.get(level / TileNodes.HEIGHT).node(level % TileNodes.HEIGHT, inTile(level, index));
    }

    private HashReader reader() {
        // The peaks of a tree always lie in partial tiles.
        return this::hash;
    }

    RightEdge copy() {
        List<TileNodes> copies = new ArrayList<>(levels.size());
        levels.forEach(tile -> copies.add(tile.copy()));
        return new RightEdge(copies, size);
    }

    /** The tile of its level that a node lies in. */
    static long tile(int level, long index) {
        return index >>> (TileNodes.HEIGHT - level % TileNodes.HEIGHT);
    }

    /** The node's place in its row of that tile. */
    static int inTile(int level, long index) {
        return (int) (index & ((1 << (TileNodes.HEIGHT - level % TileNodes.HEIGHT)) - 1));
    }
}
