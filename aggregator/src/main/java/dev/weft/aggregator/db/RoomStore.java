package dev.weft.aggregator.db;

import dev.weft.proto.log.Rollback;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Whether a transaction of some size reaches the disk. */
public final class RoomStore {
    /** About what a full batch takes at least. */
    private static final int BYTES = 256 << 10;

    private RoomStore() {}

    /**
     * Writes, commits, and takes it back. Fails where there is no room, with nothing changed.
     *
     * @param writer between transactions
     */
    public static void probe(Connection writer) throws SQLException {
        try (Statement statement = writer.createStatement()) {
            statement.executeUpdate("INSERT OR REPLACE INTO room (id, bytes) VALUES (1, zeroblob(" + BYTES + "))");
            writer.commit();
            // A crash here leaves one row, which the next probe replaces.
            statement.executeUpdate("DELETE FROM room");
            writer.commit();
        } catch (SQLException e) {
            Rollback.of(writer);
            throw e;
        }
    }
}
