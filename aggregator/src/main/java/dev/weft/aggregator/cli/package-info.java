/** The command line of the aggregator: parses, calls, prints, and turns an outcome into an exit code. */
@NullMarked
package dev.weft.aggregator.cli;

import org.jspecify.annotations.NullMarked;
