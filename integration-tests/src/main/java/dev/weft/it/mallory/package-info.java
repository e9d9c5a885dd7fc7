/**
 * A member that lies. It joins with a real invitation and keys of its own, speaks the protocol with the messages alone,
 * without a node, and says what no node would: two different statements for one sequence number, and claims over what
 * others made.
 *
 * And an operator that lies, {@link dev.weft.it.mallory.LyingAggregator}.
 *
 * <p>Invariant: a lying member holds only its own keys, a lying operator only the aggregator's; whatever they achieve, any
 * member and any operator could.
 */
@NullMarked
package dev.weft.it.mallory;

import org.jspecify.annotations.NullMarked;
