/**
 * The raw lineage of the site and the site's own log. A record is a set of named fields, each under a commitment with a
 * salt of its own; the record's id is its index in the log, and it is answered only after it is on disk. What is written
 * here stays here: {@link dev.weft.node.record.LineageRecord} never leaves record, capture and release, and this package
 * knows neither a statement nor the network.
 */
@NullMarked
package dev.weft.node.record;

import org.jspecify.annotations.NullMarked;
