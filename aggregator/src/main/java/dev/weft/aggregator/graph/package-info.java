/**
 * The provenance graph in the database: vertices, edges, rounds and who took part, exactly as the projection of the log says.
 *
 * <p>Invariant: everything here follows from the log's entries in their order; {@link dev.weft.aggregator.graph.GraphDump}
 * of a rebuilt graph equals that of the one it replaces. Integers are vertex numbers in order of first appearance. May not
 * know who asks, nor how entries came in.
 */
@NullMarked
package dev.weft.aggregator.graph;

import org.jspecify.annotations.NullMarked;
