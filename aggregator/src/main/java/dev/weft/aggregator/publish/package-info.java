/**
 * From a committed log to what may be said about it: the head is recomputed from the persisted bytes, signed, anchored,
 * and only then {@link dev.weft.aggregator.publish.Published}. Invariant: no index, proof or head above the anchored
 * size is visible through this package, and no two heads of one size are ever signed. Knows the log's bytes, not what
 * they say; may not see {@code accept}.
 */
@NullMarked
package dev.weft.aggregator.publish;

import org.jspecify.annotations.NullMarked;
