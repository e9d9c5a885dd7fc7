/**
 * From the forms in which tools speak to {@link dev.weft.node.record.LineageRecord}; one reader per form. A reader
 * refuses what it does not understand with a sentence that a person can act on. It keeps nothing of its own: what it read
 * it hands to {@link dev.weft.node.record.Recorder}, or to whoever asked. Reading the same again changes nothing.
 */
@NullMarked
package dev.weft.node.capture;

import org.jspecify.annotations.NullMarked;
