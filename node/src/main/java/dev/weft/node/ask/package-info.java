/**
 * Asks the federation and believes nothing: the answer's checkpoint must carry the log's signature and extend the head
 * this node holds, and every entry that the answer brings must be included there. What the graph says beyond its entries
 * is the aggregator's word, and the answer lists that itself. Knows nothing of raw records.
 */
@NullMarked
package dev.weft.node.ask;

import org.jspecify.annotations.NullMarked;
