package dev.weft.proto.standing;

import dev.weft.proto.v1.Policy;

/**
 * A witness policy as root stated it. Stated is not in force: see {@link dev.weft.proto.note.PolicySuccession}.
 *
 * @param index of its entry
 */
public record StatedPolicy(long index, Policy policy) {}
