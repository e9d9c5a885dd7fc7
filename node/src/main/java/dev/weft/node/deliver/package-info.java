/**
 * Gets signed statements to the shared log. The outbox is a table, so delivery survives restarts; statements leave in
 * the order of their seq, and only those that the node's anchor covers. Invariant: a statement counts as durable only
 * when its inclusion proof leads to a checkpoint that this node verified and kept. Sees statements and envelopes; it may
 * not name a raw record, nor what decided to release one.
 */
@NullMarked
package dev.weft.node.deliver;

import org.jspecify.annotations.NullMarked;
