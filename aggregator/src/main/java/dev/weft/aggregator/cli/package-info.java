/**
 * The command line of the aggregator: parses, calls, prints, and turns an outcome into an exit code: 0 done, 1 a check
 * failed, 2 used wrongly, 3 not found, 4 the daemon cannot be reached, 5 denied. A command that changes the log works on
 * the directory itself, or through the daemon where one runs. Nothing uses this package.
 */
@NullMarked
package dev.weft.aggregator.cli;

import org.jspecify.annotations.NullMarked;
