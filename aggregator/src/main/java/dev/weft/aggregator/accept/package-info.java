/**
 * The way of a statement into the shared log, in two steps: <b>check</b>, on the thread that received it, and
 * <b>append</b>, on the one thread that holds the log, many in one transaction. Afterwards the entries are projected,
 * in order, by the same thread.
 *
 * <p>Invariant: nothing is answered before its entry is committed, its head anchored and that head published; every
 * submission is answered exactly once; what is refused leaves nothing behind but a count. Appending never depends on
 * what a statement means, so this package hands entries to a {@link dev.weft.aggregator.accept.ProjectionSink} and does
 * not look at what comes out.
 */
@NullMarked
package dev.weft.aggregator.accept;

import org.jspecify.annotations.NullMarked;
