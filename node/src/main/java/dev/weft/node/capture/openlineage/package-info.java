/**
 * Reads OpenLineage events (specification 2-0-2) as producers really send them. One door to read,
 * {@link dev.weft.node.capture.openlineage.OpenLineageEvent}, and one to record,
 * {@link dev.weft.node.capture.openlineage.OpenLineageIntake}. Invariant: every value of an event is a field of its own
 * under the path it has there, so that each can be erased; no address in an event is ever fetched; the same event again
 * changes nothing.
 */
@NullMarked
package dev.weft.node.capture.openlineage;

import org.jspecify.annotations.NullMarked;
