package dev.weft.node.witness;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.TilePath;
import dev.weft.proto.merkle.TreeHead;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a mirror remembers beside the log itself. Works on the caller's connection and never commits. */
final class MirrorStore {
    /** Where an author stands whose statements were counted. */
    record Turn(int incarnation, long seq) {}

    private final Connection connection;

    MirrorStore(Connection connection) {
        this.connection = connection;
    }

    TreeHead verified() throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT size, root FROM verified");
                ResultSet row = select.executeQuery()) {
            return row.next() ? new TreeHead(row.getLong(1), Digest.of(row.getBytes(2))) : TreeHead.EMPTY;
        }
    }

    void verified(TreeHead head) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT OR REPLACE INTO verified (only, size, root) VALUES (1, ?, ?)")) {
            insert.setLong(1, head.size());
            insert.setBytes(2, head.root().toByteArray());
            insert.executeUpdate();
        }
    }

    void standingEntry(long index) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO standing_entry (idx) VALUES (?)")) {
            insert.setLong(1, index);
            insert.executeUpdate();
        }
    }

    List<Long> standingEntries() throws SQLException {
        List<Long> found = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("SELECT idx FROM standing_entry ORDER BY idx");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                found.add(row.getLong(1));
            }
        }
        return found;
    }

    void ownEntry(long index, Turn turn) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO own_entry (idx, incarnation, seq) VALUES (?, ?, ?)")) {
            insert.setLong(1, index);
            insert.setInt(2, turn.incarnation());
            insert.setLong(3, turn.seq());
            insert.executeUpdate();
        }
    }

    Optional<Turn> lastOwn() throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                        "SELECT incarnation, seq FROM own_entry ORDER BY idx DESC LIMIT 1");
                ResultSet row = select.executeQuery()) {
            return row.next() ? Optional.of(new Turn(row.getInt(1), row.getLong(2))) : Optional.empty();
        }
    }

    /** Entries that the turns of authors take into account. */
    long turnsVerified() throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT size FROM turns_verified");
                ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    void turnsVerified(long size) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT OR REPLACE INTO turns_verified (only, size) VALUES (1, ?)")) {
            insert.setLong(1, size);
            insert.executeUpdate();
        }
    }

    List<Said> turns() throws SQLException {
        List<Said> found = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                        "SELECT idx, author, incarnation, seq, site_size, site_root FROM author_turn");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                found.add(new Said(
                        row.getLong(1),
                        row.getString(2),
                        row.getInt(3),
                        row.getLong(4),
                        new TreeHead(row.getLong(5), Digest.of(row.getBytes(6)))));
            }
        }
        return found;
    }

    void turn(Said said) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT OR REPLACE INTO author_turn"
                + " (author, idx, incarnation, seq, site_size, site_root) VALUES (?, ?, ?, ?, ?, ?)")) {
            insert.setString(1, said.author());
            insert.setLong(2, said.index());
            insert.setInt(3, said.incarnation());
            insert.setLong(4, said.seq());
            insert.setLong(5, said.siteHead().size());
            insert.setBytes(6, said.siteHead().root().toByteArray());
            insert.executeUpdate();
        }
    }

    /** Forgets who stood where: it is counted anew from the entries. */
    void forgetTurns() throws SQLException {
        delete("DELETE FROM author_turn WHERE idx >= ?", 0);
        turnsVerified(0);
    }

    /** Forgets all that lies above a head, as if it had never come. */
    void truncate(TreeHead head) throws SQLException {
        delete("DELETE FROM log_entry WHERE log = 0 AND idx >= ?", head.size());
        delete("DELETE FROM standing_entry WHERE idx >= ?", head.size());
        delete("DELETE FROM own_entry WHERE idx >= ?", head.size());
        for (int level = 0; level <= TilePath.MAX_LEVEL; level++) {
            delete(
                    "DELETE FROM log_tile WHERE log = 0 AND idx >= ? AND level = " + level,
                    TilePath.count(level, head.size()) / TilePath.FULL);
        }
        delete("DELETE FROM log_head WHERE log = 0 AND ? >= 0", head.size());
        if (!head.isEmpty()) {
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO log_head (log, size, root) VALUES (0, ?, ?)")) {
                insert.setLong(1, head.size());
                insert.setBytes(2, head.root().toByteArray());
                insert.executeUpdate();
            }
        }
    }

    private void delete(String sql, long bound) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(sql)) {
            delete.setLong(1, bound);
            delete.executeUpdate();
        }
    }
}
