package dev.weft.aggregator.db;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.log.Rollback;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The file {@code cosignatures.db}: what witnesses said, kept before anybody is told of it. One connection, one thread. It
 * may be lost: newer cosignatures come by themselves, and nodes keep those that brought a policy into force.
 */
public final class CosignatureStore implements AutoCloseable {
    public static final String FILE = "cosignatures.db";
    /** Closer together than this, only the newer one of two final checkpoints stays. */
    private static final Duration APART = Duration.ofMinutes(1);

    /**
     * A final checkpoint.
     *
     * @param note with all cosignatures
     * @param policy index of the policy that it brought into force
     */
    public record Final(long size, ByteString note, Instant at, OptionalLong policy) {}

    private final Connection connection;
    private final String origin;

    private CosignatureStore(Connection connection, String origin) {
        this.connection = connection;
        this.origin = origin;
    }

    /** Opens the file of a directory whose lock the caller holds. */
    public static CosignatureStore open(Path directory, String origin)
            throws VerificationException, IOException, SQLException {
        return over(connect(directory), origin);
    }

    /** A connection to the file of a directory whose lock the caller holds; made and migrated where need be. */
    public static Connection connect(Path directory) throws VerificationException, IOException, SQLException {
        return AggregatorDatabase.beside(directory.resolve(FILE), "classpath:db/cosignatures");
    }

    /** The store on such a connection, which it closes. */
    public static CosignatureStore over(Connection connection, String origin) {
        return new CosignatureStore(connection, origin);
    }

    /** One consistent state as a new file, beside a running daemon; nothing where there is none. */
    public static void copy(Path directory, Path to) throws IOException, SQLException {
        if (Files.exists(directory.resolve(FILE))) {
            AggregatorDatabase.copyFile(directory.resolve(FILE), to);
        }
    }

    /** All that are kept, ascending. */
    public List<Final> finals() throws SQLException {
        List<Final> finals = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT size, note, at, policy FROM final_checkpoint WHERE origin = ? ORDER BY size")) {
            select.setString(1, origin);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    finals.add(read(row));
                }
            }
        }
        connection.commit(); // ends the reading transaction
        return finals;
    }

    private static Final read(ResultSet row) throws SQLException {
        long policy = row.getLong(4);
        return new Final(
                row.getLong(1),
                ByteString.copyFrom(row.getBytes(2)),
                Instant.parse(row.getString(3)),
                row.wasNull() ? OptionalLong.empty() : OptionalLong.of(policy));
    }

    /** Keeps a final checkpoint, on disk when this returns; the same size again takes the place of the one before. */
    public void keep(Final checkpoint) throws SQLException {
        thin(checkpoint);
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO final_checkpoint (origin, size, note, at, policy) VALUES (?, ?, ?, ?, ?)"
                        + " ON CONFLICT DO UPDATE SET note = excluded.note,"
                        + " policy = coalesce(excluded.policy, final_checkpoint.policy)")) {
            insert.setString(1, origin);
            insert.setLong(2, checkpoint.size());
            insert.setBytes(3, checkpoint.note().toByteArray());
            insert.setString(4, checkpoint.at().toString());
            if (checkpoint.policy().isPresent()) {
                insert.setLong(5, checkpoint.policy().getAsLong());
            } else {
                insert.setNull(5, java.sql.Types.INTEGER);
            }
            insert.executeUpdate();
        }
        // A crash before this commit: nobody was told, and the witnesses are asked again.
        connection.commit();
    }

    /** Drops the newest one kept where its own predecessor is so close that the three tell no more than two. */
    private void thin(Final next) throws SQLException {
        List<Final> last = newest(2);
        boolean close = last.size() == 2
                && last.get(0).size() < next.size()
                && last.get(0).policy().isEmpty()
                && Duration.between(last.get(1).at(), next.at()).compareTo(APART) < 0;
        if (close) {
            try (PreparedStatement delete =
                    connection.prepareStatement("DELETE FROM final_checkpoint WHERE origin = ? AND size = ?")) {
                delete.setString(1, origin);
                delete.setLong(2, last.get(0).size());
                delete.executeUpdate();
            }
        }
    }

    private List<Final> newest(int count) throws SQLException {
        List<Final> found = new ArrayList<>();
        try (PreparedStatement select =
                connection.prepareStatement("SELECT size, note, at, policy FROM final_checkpoint"
                        + " WHERE origin = ? ORDER BY size DESC LIMIT " + count)) {
            select.setString(1, origin);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.add(read(row));
                }
            }
        }
        return found;
    }

    /** What a witness cosigned last, and when. */
    public record Progress(long size, Instant at) {}

    public Map<String, Progress> progress() throws SQLException {
        Map<String, Progress> found = new HashMap<>();
        try (PreparedStatement select =
                connection.prepareStatement("SELECT name, size, at FROM witness WHERE origin = ?")) {
            select.setString(1, origin);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.put(row.getString(1), new Progress(row.getLong(2), Instant.parse(row.getString(3))));
                }
            }
        }
        connection.commit(); // ends the reading transaction
        return found;
    }

    /** Notes how far witnesses came; on disk with the next final checkpoint. */
    public void progress(String name, Progress progress) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT OR REPLACE INTO witness (origin, name, size, at) VALUES (?, ?, ?, ?)")) {
            insert.setString(1, origin);
            insert.setString(2, name);
            insert.setLong(3, progress.size());
            insert.setString(4, progress.at().toString());
            insert.executeUpdate();
        }
    }

    /** After a failure: as if what was not committed had not been said. */
    public void rollback() throws SQLException {
        Rollback.of(connection);
    }

    /** Beside a daemon, or without one: the newest final checkpoint of the directory. */
    public static Optional<Final> newest(Path directory, String origin) throws SQLException {
        if (!Files.exists(directory.resolve(FILE))) {
            return Optional.empty();
        }
        try (Connection reading = AggregatorDatabase.readFile(directory.resolve(FILE))) {
            return over(reading, origin).newest(1).stream().findFirst();
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
