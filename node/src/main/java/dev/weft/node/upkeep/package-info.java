/**
 * What an operator does beside running the node: copy it, and find out what is wrong with it. A copy holds the keys and
 * the database, and never the anchor: whoever starts from an old copy must not be able to sign for numbers that are
 * taken. Reads everything, changes nothing but the copy.
 */
@NullMarked
package dev.weft.node.upkeep;

import org.jspecify.annotations.NullMarked;
