/**
 * An append-only transparency log over a database connection that the caller hands in: entries, tiles, head, proofs,
 * receipts, the anchor beside it, and the group commit that all writers of a daemon share.
 *
 * <p>Invariant: what is handed out is computed from what was committed; a head moves by compare-and-set only; only full
 * tiles are stored (32 bytes a leaf), the right edge is rebuilt from entries and tiles and must give the stored head.
 *
 * <p>The one place of this module that knows {@code java.sql}. Opens no connection and no file, knows no member and no
 * meaning of an entry.
 */
@NullMarked
package dev.weft.proto.log;

import org.jspecify.annotations.NullMarked;
