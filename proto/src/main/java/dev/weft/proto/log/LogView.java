package dev.weft.proto.log;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.ConsistencyProof;
import dev.weft.proto.merkle.HashReader;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.TilePath;
import dev.weft.proto.merkle.TreeHead;

/**
 * A log as it is at one head, for reading: proofs of everything at or below that size. Does not change when the log
 * grows. Safe for several threads as far as its store is; {@link #over} gives each thread its own.
 */
public final class LogView implements HashReader {
    private final LogStore store;
    private final TreeHead head;
    private final RightEdge edge;
    private final TileCache tiles;

    LogView(LogStore store, TreeHead head, RightEdge edge, TileCache tiles) {
        this.store = store;
        this.head = head;
        this.edge = edge;
        this.tiles = tiles;
    }

    /** The same head read through another connection's store, which must have seen the commit behind this head. */
    public LogView over(LogStore other) {
        return new LogView(other, head, edge, tiles);
    }

    /** The head this view stands at. */
    public TreeHead head() {
        return head;
    }

    @Override
    public Digest hash(int level, long index) {
        if (level < 0 || index < 0 || index >= head.size() >>> level) {
            throw new IndexOutOfBoundsException("A tree of " + head.size() + " has no node " + index + " at " + level);
        }
        if (edge.holds(level, index)) {
            return edge.hash(level, index);
        }
        return tiles.tile(store, level / TileNodes.HEIGHT, RightEdge.tile(level, index))
                .node(level % TileNodes.HEIGHT, RightEdge.inTile(level, index));
    }

    /** Proof that the tree of {@code size}, at most this view's, holds the leaf at {@code index}. */
    public InclusionProof inclusion(long index, long size) {
        within(size);
        return InclusionProof.prove(this, index, size);
    }

    /** Proof that the tree of {@code newSize}, at most this view's, begins with the one of {@code oldSize}. */
    public ConsistencyProof consistency(long oldSize, long newSize) {
        within(newSize);
        return ConsistencyProof.prove(this, oldSize, newSize);
    }

    /** The hashes of a tile as C2SP tlog-tiles serves it; one that this view does not have is an IndexOutOfBoundsException. */
    public ByteString tile(TilePath path) {
        ByteString.Output hashes = ByteString.newOutput(path.width() * Digest.SIZE);
        for (int i = 0; i < path.width(); i++) {
            byte[] hash = hash(TileNodes.HEIGHT * path.level(), path.index() * TilePath.FULL + i)
                    .toByteArray();
            hashes.write(hash, 0, hash.length);
        }
        return hashes.toByteString();
    }

    private void within(long size) {
        if (size > head.size()) {
            throw new IndexOutOfBoundsException("This view ends at " + head.size() + ", not " + size);
        }
    }
}
