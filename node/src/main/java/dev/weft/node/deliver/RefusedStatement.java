package dev.weft.node.deliver;

import java.time.Instant;

/**
 * Why the aggregator did not take a statement.
 *
 * @param reason stable code
 * @param retry whether the same bytes may be accepted later
 */
public record RefusedStatement(long seq, String reason, String message, boolean retry, Instant at) {}
