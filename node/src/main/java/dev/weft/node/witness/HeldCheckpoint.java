package dev.weft.node.witness;

import com.google.protobuf.ByteString;
import dev.weft.proto.merkle.TreeHead;

/** A verified head together with the signed note that says it. */
record HeldCheckpoint(TreeHead head, ByteString note) {}
