/**
 * What an operator must see: the metrics registry, and the security events (a second statement for one seq, a forged
 * signature, a log that does not fit its anchor), each with its own type, log line and counter. Known by all, knows no
 * other package; never throws into the path that reports to it.
 */
@NullMarked
package dev.weft.aggregator.watch;

import org.jspecify.annotations.NullMarked;
