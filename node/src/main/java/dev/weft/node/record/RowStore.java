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

/** Writes record rows on the writer's connection, whose statements it keeps prepared. Never commits. */
final class RowStore {

    /** A row that was there before under the same source and external id. */
    record Existing(long id, RecordBody body) {}

    private final Connection connection;
    private final PreparedStatement insert;
    private final PreparedStatement insertLink;
    private final PreparedStatement byExternalId;
    private final PreparedStatement reference;
    private final PreparedStatement exists;
    private final PreparedStatement source;
    private final PreparedStatement insertSource;
    private final Map<String, Long> sources = new HashMap<>();

    RowStore(Connection connection) throws SQLException {
        this.connection = connection;
        this.insert = connection.prepareStatement(
                "INSERT INTO record (id, kind, source, external_id, digest, recorded_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)");
        this.insertLink = connection.prepareStatement(
                "INSERT INTO lineage (down, up, role, said) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING");
        this.byExternalId =
                connection.prepareStatement("SELECT id, body FROM record WHERE external_id = ? AND source = ?");
        this.reference = connection.prepareStatement(
                "SELECT id FROM record WHERE external_id = ? ORDER BY source = ? DESC, id DESC LIMIT 1");
        this.exists = connection.prepareStatement("SELECT 1 FROM record WHERE id = ?");
        this.source = connection.prepareStatement("SELECT id FROM source WHERE name = ?");
        this.insertSource = connection.prepareStatement("INSERT INTO source (name) VALUES (?)");
    }

    Connection connection() {
        return connection;
    }

    /** The rollback may have taken a new source with it. */
    void rolledBack() {
        sources.clear();
    }

    /** The record of exactly that source and external id. */
    Optional<Existing> existing(Origin origin) throws SQLException {
        if (origin.externalId().isEmpty()) {
            return Optional.empty();
        }
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
        PreparedStatement select = target instanceof Reference.ById ? exists : reference;
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
        insert.setLong(1, id);
        insert.setInt(2, draft.record().kind().number());
        insert.setLong(3, sourceId(origin.source()));
        insert.setString(4, origin.externalId().orElse(null));
        insert.setString(5, draft.digest().map(Object::toString).orElse(null));
        insert.setLong(6, at.toEpochMilli());
        insert.setBytes(7, body.toByteArray());
        insert.executeUpdate();
    }

    void insertLink(Link link) throws SQLException {
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
        source.setString(1, name);
        try (ResultSet rows = source.executeQuery()) {
            if (rows.next()) {
                return rows.getLong(1);
            }
        }
        insertSource.setString(1, name);
        insertSource.executeUpdate();
        return findOrInsert(name);
    }
}
