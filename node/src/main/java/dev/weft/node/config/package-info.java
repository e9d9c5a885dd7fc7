/**
 * What the node may be told, and where it was told it: flags before environment before {@code node.properties} before
 * the built-in default. Invariant: a name that is not in {@link dev.weft.node.config.Key} is an error, wherever it
 * stands, so a misspelt setting never silently keeps its default. Relative paths are against the node's directory.
 * Knows nothing of what the settings are for.
 */
@NullMarked
package dev.weft.node.config;

import org.jspecify.annotations.NullMarked;
