/**
 * Starts the real daemons: one aggregator and any number of nodes, each an operating-system process with a directory,
 * keys and ports of its own, joined by real invitations through the command line.
 *
 * <p>Invariant: no process that was started here outlives the virtual machine or the closing of its
 * {@link dev.weft.it.federation.Federation}. Talks to the daemons only as anybody could: command line, local HTTP, and
 * the files that they promise.
 */
@NullMarked
package dev.weft.it.federation;

import org.jspecify.annotations.NullMarked;
