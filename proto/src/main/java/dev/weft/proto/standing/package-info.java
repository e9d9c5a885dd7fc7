/**
 * Who may speak: the members of a federation, their keys and their standing, as the log's own entries say it.
 *
 * <p>Invariant: a pure fold over the statements of one log in their order. Whether a signature counts is decided by log
 * index, never by a clock, and the operator alone can admit nobody and swap no key: a membership counts only with the
 * root's invitation and the newcomer's own signatures in it. Knows nothing of connections or certificates, and nothing
 * of what statements mean for the graph.
 */
@NullMarked
package dev.weft.proto.standing;

import org.jspecify.annotations.NullMarked;
