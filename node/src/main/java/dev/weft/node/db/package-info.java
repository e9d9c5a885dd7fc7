/**
 * The one SQLite file of a node directory: locked, migrated, written by one thread and read by a few, and the anchor
 * file beside it. Whoever has a {@link dev.weft.node.db.NodeDatabase} is the only process that writes in the directory.
 * Knows tables' version, not their meaning.
 */
@NullMarked
package dev.weft.node.db;

import org.jspecify.annotations.NullMarked;
