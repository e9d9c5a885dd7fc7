package dev.weft.proto.log;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.merkle.TilePath;

/**
 * A tile with the inner nodes above its hashes: nine rows of 256, 128, ... 1 hashes in one array, so that a node costs
 * one hash when its second child arrives, and nothing when it is read.
 */
final class TileNodes {
    /** Rows above the lowest. */
    static final int HEIGHT = 8;

    private static final int NODES = 2 * TilePath.FULL - 1;
    private static final byte NODE = 1;

    private final byte[] nodes;
    private int width;

    TileNodes() {
        this(new byte[NODES * Digest.SIZE], 0);
    }

    private TileNodes(byte[] nodes, int width) {
        this.nodes = nodes;
        this.width = width;
    }

    /** The tile whose lowest row is given: any number of hashes up to 256. */
    static TileNodes of(ByteString hashes) {
        TileNodes tile = new TileNodes();
        hashes.copyTo(tile.nodes, offset(0, 0));
        for (int i = 0; i < hashes.size() / Digest.SIZE; i++) {
            tile.climb();
        }
        return tile;
    }

    TileNodes copy() {
        return new TileNodes(nodes.clone(), width);
    }

    int width() {
        return width;
    }

    boolean isFull() {
        return width == TilePath.FULL;
    }

    void append(Digest hash) {
        hash.copyTo(nodes, offset(0, width));
        climb();
    }

    /** The node at a row above the lowest; one that is not complete yet is an IndexOutOfBoundsException. */
    Digest node(int row, int index) {
        if ((index + 1) << row > width) {
            throw new IndexOutOfBoundsException("Node " + index + " of row " + row + " is not complete");
        }
        return Digest.of(nodes, offset(row, index), Digest.SIZE);
    }

    /** The lowest row, as it is stored. */
    ByteString hashes() {
        return ByteString.copyFrom(nodes, 0, width * Digest.SIZE);
    }

    /** Counts the hash just written, and computes the parents that it completes. */
    private void climb() {
        int index = width++;
        for (int row = 0; (index & 1) == 1; row++) {
            index >>= 1;
            Hashing.sha256InPlace(NODE, nodes, offset(row, 2 * index), 2 * Digest.SIZE, offset(row + 1, index));
        }
    }

    private static int offset(int row, int index) {
        // Rows before this one hold 512 - 512 / 2^row hashes.
        return (2 * TilePath.FULL - ((2 * TilePath.FULL) >> row) + index) * Digest.SIZE;
    }
}
