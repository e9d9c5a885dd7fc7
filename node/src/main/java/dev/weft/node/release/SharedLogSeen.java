package dev.weft.node.release;

import dev.weft.proto.merkle.TreeHead;
import java.sql.Connection;
import java.sql.SQLException;

/** What this node has verified of the shared log, for the headers of its statements. */
@FunctionalInterface
public interface SharedLogSeen {
    /** The largest checkpoint that was verified and stored; empty before any. */
    TreeHead seen(Connection connection) throws SQLException;
}
