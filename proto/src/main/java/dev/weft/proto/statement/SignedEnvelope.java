package dev.weft.proto.statement;

import com.google.protobuf.ByteString;

/**
 * A statement that was signed here.
 *
 * @param statement what it says
 * @param bytes the serialised {@code Envelope}: these exact bytes are stored and sent, and never made again
 */
public record SignedEnvelope(Statement statement, ByteString bytes) {}
