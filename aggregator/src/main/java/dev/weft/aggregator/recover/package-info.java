/**
 * Where entries come from when the own database has lost them: mirrors that serve the log as C2SP tlog-tiles, in a folder
 * or over HTTP, and backups. Nothing here is believed: whoever reads compares what it comes to with a signed head.
 */
@NullMarked
package dev.weft.aggregator.recover;

import org.jspecify.annotations.NullMarked;
