package dev.weft.node.link;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import java.sql.Connection;
import java.sql.SQLException;

/** The way to other members: what is sealed is passed on by the aggregator, some time, or never. */
public interface Post {
    /**
     * Queues in the caller's transaction, so that what was decided is sent, or was not decided.
     *
     * @param about id of the {@code linkkey} statement
     */
    void queue(Connection connection, MemberName to, Digest about, ByteString sealed) throws SQLException;

    /** Something was queued and is committed, or this node's copy of the log has grown. */
    void wake();
}
