package dev.weft.node.deliver;

import dev.weft.proto.log.GroupCommit;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The local tables that delivery works on, and the two ways to them. */
public record OutboxTables(Outbox outbox, GroupCommit writer, DataSource reads) {

    interface Read<T> {
        T from(Connection connection) throws SQLException;
    }

    <T> T read(Read<T> read) {
        try (Connection connection = reads.getConnection()) {
            return read.from(connection);
        } catch (SQLException e) {
            throw new IllegalStateException("the outbox cannot be read: " + e.getMessage(), e);
        }
    }

    /** Returns when it is on disk. */
    void write(GroupCommit.Work<Boolean> work) {
        writer.submit(work).join();
    }
}
