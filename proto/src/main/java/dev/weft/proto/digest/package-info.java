/**
 * Digests, salts and commitments: how a value becomes 32 bytes that can be shown to anybody.
 *
 * <p>Invariant: {@link dev.weft.proto.digest.Hashing} holds the only MessageDigest of the project, and it is the JDK's.
 * Integers in hashed layouts are little-endian. A commitment is never mistaken for a digest: it has no algorithm name.
 *
 * <p>Knows nothing of trees over a log, keys, statements or storage.
 */
@NullMarked
package dev.weft.proto.digest;

import org.jspecify.annotations.NullMarked;
