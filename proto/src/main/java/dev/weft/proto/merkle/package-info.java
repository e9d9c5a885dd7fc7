/**
 * Merkle trees as RFC 6962 section 2.1 defines them, their proofs, and the tiles of C2SP tlog-tiles.
 *
 * <p>Invariant: size and root are never apart ({@link dev.weft.proto.merkle.TreeHead}); a proof is accepted only at its
 * exact length; a leaf hash is computed here from the leaf, never taken from a peer.
 *
 * <p>Knows nothing of what the leaves mean, of signatures or of storage: hashes come from a {@link
 * dev.weft.proto.merkle.HashReader}.
 */
@NullMarked
package dev.weft.proto.merkle;

import org.jspecify.annotations.NullMarked;
