/** The command line of the node: parses, calls, prints, and turns an outcome into an exit code. */
@NullMarked
package dev.weft.node.cli;

import org.jspecify.annotations.NullMarked;
