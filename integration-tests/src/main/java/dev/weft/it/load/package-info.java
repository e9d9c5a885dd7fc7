/**
 * The load generator: many members with real keys, real memberships and streams over mutual TLS in one process, and plain
 * HTTP clients, against the daemons as processes. Measures from outside: receipts that verify, bytes on the stream,
 * processor time and resident memory as the kernel counts them, and the daemon's own counters.
 *
 * <p>It must not be what limits the figures: statements are signed before the clock starts, one thread sends and one
 * receives for all members, and a checkpoint's signature is verified once per distinct note, not once per member, since
 * the members of a federation have processors of their own. Every receipt's inclusion path is hashed.
 */
@NullMarked
package dev.weft.it.load;

import org.jspecify.annotations.NullMarked;
