/** Scenarios across real processes, one story each. Two federations are started for all of them. */
@org.jspecify.annotations.NullMarked
package dev.weft.it.story;
