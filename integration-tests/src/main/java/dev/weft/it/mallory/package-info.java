/**
 * A member that lies. It joins with a real invitation and keys of its own, speaks the protocol with the messages alone,
 * without a node, and says what no node would: two different statements for one sequence number, and claims over what
 * others made.
 *
 * <p>Invariant: it holds only its own keys; whatever it achieves, any member could.
 */
@NullMarked
package dev.weft.it.mallory;

import org.jspecify.annotations.NullMarked;
