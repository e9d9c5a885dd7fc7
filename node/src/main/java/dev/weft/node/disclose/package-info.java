/**
 * Disclosure of single fields to single readers, both sides of it: what this node asks for, and what it is asked for. Requests
 * and decisions are statements in the shared log, read from this node's own copy of it; what was opened travels sealed, over
 * the post of deliver, and rests here and nowhere else. Invariants: nothing is opened that policy or a person did not decide
 * to open for that one reader, recorded in the site's log in the same transaction; nothing is shown that did not prove.
 */
@NullMarked
package dev.weft.node.disclose;

import org.jspecify.annotations.NullMarked;
