package dev.weft.proto.graph;

import dev.weft.proto.identity.MemberName;

/**
 * That an author made a model of this digest.
 *
 * @param digest digest string
 * @param author whose word it is
 * @param occurrence the model vertex
 */
public record Generation(String digest, MemberName author, VertexRef occurrence) {}
