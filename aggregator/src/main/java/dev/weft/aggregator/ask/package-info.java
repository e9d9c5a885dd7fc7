/**
 * Answers: what stands behind a model, what was made from a dataset, who took part in a round. One small class a question,
 * one {@link dev.weft.aggregator.ask.Asker} for gRPC and HTTP alike.
 *
 * <p>Invariant: an answer is read from one snapshot, tells nothing above the published head, names the entries behind each
 * vertex, and says what it does not prove. May not see {@code accept}: asking changes nothing.
 */
@NullMarked
package dev.weft.aggregator.ask;

import org.jspecify.annotations.NullMarked;
