package dev.weft.it.load;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.NodeMessage;

/**
 * A signed statement that waits to be sent.
 *
 * @param leaf its hash in the shared log
 */
record Prepared(long seq, Digest id, Digest leaf, NodeMessage message) {}
