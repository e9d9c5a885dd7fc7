/**
 * From the forms in which tools speak to {@link dev.weft.node.record.LineageRecord}; one reader per form. A reader
 * refuses what it does not understand with a sentence that a person can act on; it stores nothing and knows no database.
 */
@NullMarked
package dev.weft.node.capture;

import org.jspecify.annotations.NullMarked;
