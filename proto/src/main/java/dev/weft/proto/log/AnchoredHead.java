package dev.weft.proto.log;

import com.google.protobuf.ByteString;
import dev.weft.proto.merkle.TreeHead;

/**
 * What stands in an anchor: the largest head that was ever signed for a log.
 *
 * @param origin of the log
 * @param head size and root
 * @param note the signed checkpoint, so that a crash after anchoring can publish the very same bytes; empty where the log
 *     signs none
 */
public record AnchoredHead(String origin, TreeHead head, ByteString note) {}
