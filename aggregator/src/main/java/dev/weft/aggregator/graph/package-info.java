/**
 * The provenance graph in the database: vertices, edges, rounds and who took part, exactly as the projection of the log says.
 *
 * <p>What an entry names first, with the edges that it says from there, is one packed row ({@code Block}). What would stand
 * in random or scattered order, places by key and by digest label and the ways back along edges, is kept for the newest
 * vertices in memory alone ({@code Tail}, read from their rows) and written sorted, a segment of numbers at a time
 * ({@code Run}); so no entry pays for a random place in a large table.
 *
 * <p>Invariant: everything here follows from the log's entries in their order; {@link dev.weft.aggregator.graph.GraphDump}
 * of a rebuilt graph equals that of the one it replaces. Integers are vertex numbers in order of first appearance. May not
 * know who asks, nor how entries came in.
 */
@NullMarked
package dev.weft.aggregator.graph;

import org.jspecify.annotations.NullMarked;
