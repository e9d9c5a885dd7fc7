/**
 * The shared end of a federation: accepts signed statements into one append-only log, publishes signed heads of it,
 * projects it into a provenance graph and answers questions about that graph with proofs. It holds no raw lineage, and
 * nobody has to trust it: every answer can be checked against the log.
 */
@NullMarked
package dev.weft.aggregator;

import org.jspecify.annotations.NullMarked;
