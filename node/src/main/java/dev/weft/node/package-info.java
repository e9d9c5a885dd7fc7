/**
 * The daemon of one institution. It keeps the raw lineage of that site in the site's own log and lets out only what the
 * site's policy or its data steward released, as signed statements. It dials out and listens to nobody but its own
 * site; it knows the protocol and never the aggregator's code.
 */
@NullMarked
package dev.weft.node;

import org.jspecify.annotations.NullMarked;
