package dev.weft.aggregator.db;

import com.google.protobuf.ByteString;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where in the log it stands who may speak, and the second envelopes of equivocations. */
public final class StandingStore {
    private final Connection connection;
    private final long federation;

    public StandingStore(Connection connection, long federation) {
        this.connection = connection;
        this.federation = federation;
    }

    public void addEntry(long index) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO standing_entry (federation, idx) VALUES (?, ?)")) {
            insert.setLong(1, federation);
            insert.setLong(2, index);
            insert.executeUpdate();
        }
    }

    /** Ascending. */
    public List<Long> entries() throws SQLException {
        return indexes("SELECT idx FROM standing_entry WHERE federation = ? ORDER BY idx");
    }

    private List<Long> indexes(String sql) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, federation);
            List<Long> found = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.add(row.getLong(1));
                }
            }
            return found;
        }
    }

    public void keepSecondEnvelope(long evidence, ByteString envelope) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO second_envelope (federation, idx, envelope) VALUES (?, ?, ?)")) {
            insert.setLong(1, federation);
            insert.setLong(2, evidence);
            insert.setBytes(3, envelope.toByteArray());
            insert.executeUpdate();
        }
    }

    /** Indexes of the evidence that has one, ascending. */
    public List<Long> secondEnvelopes() throws SQLException {
        return indexes("SELECT idx FROM second_envelope WHERE federation = ? ORDER BY idx");
    }

    public Optional<ByteString> secondEnvelope(long evidence) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT envelope FROM second_envelope WHERE federation = ? AND idx = ?")) {
            select.setLong(1, federation);
            select.setLong(2, evidence);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(ByteString.copyFrom(row.getBytes(1))) : Optional.empty();
            }
        }
    }
}
