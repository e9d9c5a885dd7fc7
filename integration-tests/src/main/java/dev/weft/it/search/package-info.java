/**
 * The search for what should never have left a site: every value that policy did not release, in every form in which it
 * might hide, in everything that crossed the wire and in everything that the aggregator keeps.
 *
 * <p>Invariant: a search counts only if its positive controls, released values and one planted unsalted digest, were
 * found by the same pass over the same places. Knows the forms, not the daemons' code.
 */
@NullMarked
package dev.weft.it.search;

import org.jspecify.annotations.NullMarked;
