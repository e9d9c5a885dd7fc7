/**
 * The command line of the node: parses, calls, prints, and turns an outcome into an exit code. What a running node can
 * answer is asked over its local API; only {@code join}, {@code serve}, {@code doctor}, {@code config show}, and
 * {@code token} and {@code backup} while no node runs, touch the directory themselves. Answers go to stdout through one
 * class, everything else to stderr.
 */
@NullMarked
package dev.weft.node.cli;

import org.jspecify.annotations.NullMarked;
