/**
 * What the aggregator may be told, and where it was told it: flags before environment before {@code
 * aggregator.properties} before the built-in default. Invariant: a name that is not in {@link
 * dev.weft.aggregator.config.Key} is an error that suggests the nearest one, wherever it stands. Relative paths are
 * against the aggregator's directory. Knows nothing of what the settings are for.
 */
@NullMarked
package dev.weft.aggregator.config;

import org.jspecify.annotations.NullMarked;
