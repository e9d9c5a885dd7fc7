package dev.weft.aggregator.accept;

import dev.weft.aggregator.db.SequenceStore;
import dev.weft.aggregator.db.StandingStore;
import dev.weft.proto.log.JdbcLogStore;
import dev.weft.proto.log.TransparencyLog;
import java.sql.Connection;

/**
 * What the one holder of the log holds; for its thread alone.
 *
 * @param writer the connection, auto-commit off
 * @param federation leading key of its rows
 */
public record LogHolding(
        Connection writer,
        long federation,
        JdbcLogStore store,
        TransparencyLog log,
        SequenceStore sequences,
        StandingStore standings) {}
