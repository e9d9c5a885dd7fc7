/**
 * The aggregator's one SQLite file and its directory: the lock that refuses a second instance, the migrations, one
 * connection that writes and a pool that reads, and the stores of what intake must remember about the log.
 *
 * <p>Every store is handed the connection it works on and never opens, commits or rolls back by itself: where a
 * transaction ends is decided in one place, {@code accept}. May not know statements' meaning, streams or heads.
 */
@NullMarked
package dev.weft.aggregator.db;

import org.jspecify.annotations.NullMarked;
