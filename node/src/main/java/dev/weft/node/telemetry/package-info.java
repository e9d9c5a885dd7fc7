/**
 * What an operator must see: the node's metrics, and the security events, each with its own type, log line and count.
 * Invariant: nothing here carries raw lineage, a token or a key; labels come from closed lists. Knows no other package
 * of the node.
 */
@NullMarked
package dev.weft.node.telemetry;

import org.jspecify.annotations.NullMarked;
