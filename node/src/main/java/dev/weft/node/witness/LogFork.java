package dev.weft.node.witness;

import com.google.protobuf.ByteString;
import java.util.List;

/**
 * Two notes with the log's signature that one log cannot have.
 *
 * @param held by this node, believed first
 * @param offered later
 * @param path that came with the offered note, from its own tree at the held one's size; empty where the sizes are equal
 */
record LogFork(ByteString held, ByteString offered, List<ByteString> path) {
    LogFork {
        path = List.copyOf(path);
    }
}
