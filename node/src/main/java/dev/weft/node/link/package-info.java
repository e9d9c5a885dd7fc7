/**
 * The federation's linking key at this node: made by a steward's act, asked for, given to other members after the
 * steward's yes, and kept in a file of its own that no log, backup or answer holds.
 *
 * <p>Invariant: a key is used only while the log, by this node's own copy, holds its check value as that of the newest
 * epoch; it leaves only sealed to the enrolled key of a member that may have it at that moment. May not name a raw record:
 * what is said of them because of a key, {@link dev.weft.node.release.Linking} says.
 */
@NullMarked
package dev.weft.node.link;

import org.jspecify.annotations.NullMarked;
