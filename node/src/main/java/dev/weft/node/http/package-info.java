/**
 * The local API: for people and tools on the site, never for the network unless TLS is configured. Invariant: but for
 * the two health routes, every request carries a token whose scopes the route asks for, and names this server in Host
 * (and in Origin, where a browser sends one). Turns requests into calls and results into JSON; decides nothing itself.
 * Nothing in the node uses it but the composition root.
 */
@NullMarked
package dev.weft.node.http;

import org.jspecify.annotations.NullMarked;
