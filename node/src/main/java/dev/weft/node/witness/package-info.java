/**
 * What this node has seen of the shared log. Invariant: the head held only grows, each larger one was proved to extend
 * the one before, and its signed note is on disk before anything relies on it. Two notes that contradict each other are
 * kept as evidence, and nothing of that log is believed afterwards. Knows nothing of what the entries mean.
 */
@NullMarked
package dev.weft.node.witness;

import org.jspecify.annotations.NullMarked;
