/**
 * How a directory becomes one membership of one federation, and stays one: keys are made once, the invitation is taken
 * up with them, the answer is proved from genesis on, certificates are renewed before they end, keys change by own
 * statements, and the log is followed where root continues it under another origin.
 *
 * <p>Invariant: a directory with an identity has verified its own membership entry in the shared log. Before that it holds
 * keys and a request, which the same invitation takes up again after a crash; after that it never joins again. No secret
 * leaves the directory, and none is readable by others.
 *
 * <p>It may not know records or releases; of the database it reads which keys were stated, if there is one yet.
 */
@NullMarked
package dev.weft.node.join;

import org.jspecify.annotations.NullMarked;
