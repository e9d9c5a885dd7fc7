/**
 * How a directory becomes one membership of one federation, and stays one: keys are made once, the invitation is taken
 * up with them, the answer is proved from genesis on, and certificates are renewed before they end.
 *
 * <p>Invariant: a directory with an identity has verified its own membership entry in the shared log. Before that it holds
 * keys and a request, which the same invitation takes up again after a crash; after that it never joins again. No secret
 * leaves the directory, and none is readable by others.
 *
 * <p>It may not know records, releases or the database: a node can join before it has any.
 */
@NullMarked
package dev.weft.node.join;

import org.jspecify.annotations.NullMarked;
