package dev.weft.aggregator.db;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.Opening;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What travels beside an entry: approved openings, which can be erased, and site proofs, which mirrors ask for. */
public final class OpeningStore {
    private OpeningStore() {}

    /** Openings that were verified against commitments of the entry at {@code index}. */
    public static void put(Connection connection, long federation, long index, List<Opening> openings)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT OR IGNORE INTO opening (federation, idx, commitment, name, salt, value) VALUES (?, ?, ?, ?, ?, ?)")) {
            for (Opening opening : openings) {
                insert.setLong(1, federation);
                insert.setLong(2, index);
                insert.setBytes(3, opening.getCommitment().toByteArray());
                insert.setString(4, opening.getName());
                insert.setBytes(5, opening.getSalt().toByteArray());
                insert.setBytes(6, opening.getValue().toByteArray());
                insert.executeUpdate();
            }
        }
    }

    public static List<Opening> find(Connection connection, long federation, long index) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT commitment, name, salt, value FROM opening WHERE federation = ? AND idx = ? ORDER BY commitment")) {
            select.setLong(1, federation);
            select.setLong(2, index);
            List<Opening> found = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.add(Opening.newBuilder()
                            .setCommitment(ByteString.copyFrom(row.getBytes(1)))
                            .setName(row.getString(2))
                            .setSalt(ByteString.copyFrom(row.getBytes(3)))
                            .setValue(ByteString.copyFrom(row.getBytes(4)))
                            .build());
                }
            }
            return found;
        }
    }

    /** Erases the openings of an entry; its commitments stay, and prove nothing any more. */
    public static int erase(Connection connection, long federation, long index) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM opening WHERE federation = ? AND idx = ?")) {
            delete.setLong(1, federation);
            delete.setLong(2, index);
            return delete.executeUpdate();
        }
    }

    public static void putSiteProof(Connection connection, long federation, long index, List<Digest> path)
            throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO site_proof (federation, idx, hashes) VALUES (?, ?, ?)")) {
            insert.setLong(1, federation);
            insert.setLong(2, index);
            ByteString.Output hashes = ByteString.newOutput(path.size() * Digest.SIZE);
            path.forEach(hash -> hashes.write(hash.toByteArray(), 0, Digest.SIZE));
            insert.setBytes(3, hashes.toByteString().toByteArray());
            insert.executeUpdate();
        }
    }
}
