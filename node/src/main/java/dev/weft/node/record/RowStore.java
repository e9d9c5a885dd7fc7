package dev.weft.node.record;

import com.google.protobuf.ByteString;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes record rows on the writer's connection, whose statements it keeps prepared. Never commits. */
final class RowStore {

    private static final Logger LOG = LoggerFactory.getLogger(RowStore.class);

    /** A row that was there before under the same source and external id. */
    record Existing(long id, RecordBody body) {}

    private static final String INSERT =
            "INSERT INTO record (id, kind, source, external_id, recorded_at, body) VALUES (?, ?, ?, ?, ?, ?)";
    private static final String INSERT_ARTIFACT = "INSERT INTO artifact (record, kind, digest) VALUES (?, ?, ?)";
    private static final String INSERT_LINK =
            "INSERT INTO lineage (down, up, role, said) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";
    private static final String BY_EXTERNAL_ID = "SELECT id, body FROM record WHERE external_id = ? AND source = ?";
    private static final String REFERENCE =
            "SELECT id FROM record WHERE external_id = ? ORDER BY source = ? DESC, id DESC LIMIT 1";
    private static final String EXISTS = "SELECT id FROM record WHERE id = ?";
    private static final String SOURCE = "SELECT id FROM source WHERE name = ?";
    private static final String INSERT_SOURCE = "INSERT INTO source (name) VALUES (?)";

    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();
    private final Map<String, Long> sources = new HashMap<>();

    RowStore(Connection connection) {
        this.connection = connection;
    }

    private PreparedStatement prepare(String sql) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        return statement;
    }

    Connection connection() {
        return connection;
    }

    /**
     * Forgets what the rollback may have taken with it: a new source, and statements, which the driver closes for good
     * when they fail for want of room.
     */
    void rolledBack() {
        sources.clear();
        for (PreparedStatement statement : prepared.values()) {
            try {
                statement.close();
            } catch (SQLException e) {
                LOG.debug("a statement could not be closed after a rollback", e);
            }
        }
        prepared.clear();
    }

    /** The record of exactly that source and external id. */
    Optional<Existing> existing(Origin origin) throws SQLException {
        if (origin.externalId().isEmpty()) {
            return Optional.empty();
        }
        PreparedStatement byExternalId = prepare(BY_EXTERNAL_ID);
        byExternalId.setString(1, origin.externalId().get());
        byExternalId.setLong(2, sourceId(origin.source()));
        try (ResultSet rows = byExternalId.executeQuery()) {
            return rows.next()
                    ? Optional.of(new Existing(rows.getLong(1), RecordBody.decode(rows.getBytes(2))))
                    : Optional.empty();
        }
    }

    /** The id of the record that a reference of that source names. */
    OptionalLong resolve(String source, Reference target) throws SQLException {
        PreparedStatement select = prepare(target instanceof Reference.ById ? EXISTS : REFERENCE);
        if (target instanceof Reference.ById byId) {
            select.setLong(1, byId.id());
        } else if (target instanceof Reference.ByExternalId byExternal) {
            select.setString(1, byExternal.externalId());
            select.setLong(2, sourceId(source));
        }
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
        }
    }

    void insert(long id, Draft draft, Instant at, ByteString body) throws SQLException {
        Origin origin = draft.record().origin();
        PreparedStatement insert = prepare(INSERT);
        insert.setLong(1, id);
        insert.setInt(2, draft.record().kind().number());
        insert.setLong(3, sourceId(origin.source()));
        insert.setString(4, origin.externalId().orElse(null));
        insert.setLong(5, at.toEpochMilli());
        insert.setBytes(6, body.toByteArray());
        insert.executeUpdate();
        if (draft.digest().isPresent()) {
            PreparedStatement artifact = prepare(INSERT_ARTIFACT);
            artifact.setLong(1, id);
            artifact.setInt(2, draft.record().kind().number());
            artifact.setString(3, draft.digest().get().toString());
            artifact.executeUpdate();
        }
    }

    void insertLink(Link link) throws SQLException {
        PreparedStatement insertLink = prepare(INSERT_LINK);
        insertLink.setLong(1, link.down());
        insertLink.setLong(2, link.up());
        insertLink.setInt(3, link.role().number());
        insertLink.setLong(4, link.said());
        insertLink.executeUpdate();
    }

    private long sourceId(String name) throws SQLException {
        Long known = sources.get(name);
        if (known == null) {
            known = findOrInsert(name);
            sources.put(name, known);
        }
        return known;
    }

    private long findOrInsert(String name) throws SQLException {
        PreparedStatement source = prepare(SOURCE);
        source.setString(1, name);
        try (ResultSet rows = source.executeQuery()) {
            if (rows.next()) {
                return rows.getLong(1);
            }
        }
        PreparedStatement insertSource = prepare(INSERT_SOURCE);
        insertSource.setString(1, name);
        insertSource.executeUpdate();
        return findOrInsert(name);
    }
}
