package dev.weft.node.record;

import dev.weft.proto.digest.ContentDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads records on a connection that the caller hands in: a reader's, or the writer's within its transaction. */
public final class RecordQuery {

    private static final String COLUMNS =
            "SELECT r.id, r.kind, s.name, r.external_id, r.recorded_at, r.body FROM record r JOIN source s ON s.id = r.source ";

    private RecordQuery() {}

    /** The record of that id. */
    public static Optional<StoredRecord> find(Connection connection, long id) throws SQLException {
        return first(connection, "WHERE r.id = ?", id);
    }

    /** The record that a reference of that source names: its own ids first, then the newest of any source. */
    public static Optional<StoredRecord> find(Connection connection, String source, String externalId)
            throws SQLException {
        return first(
                connection, "WHERE r.external_id = ? ORDER BY s.name = ? DESC, r.id DESC LIMIT 1", externalId, source);
    }

    /** The newest model record with that digest. */
    public static Optional<StoredRecord> model(Connection connection, ContentDigest digest) throws SQLException {
        // The kind stands in the text, so that the index over models alone can be used.
        return first(
                connection,
                "JOIN artifact a ON a.record = r.id WHERE a.digest = ? AND a.kind = 4 ORDER BY a.record DESC LIMIT 1",
                digest.toString());
    }

    /** What a person wrote to name a record: its id, an external id, or a digest string. */
    public static Optional<StoredRecord> resolve(Connection connection, String text) throws SQLException {
        if (text.matches("[0-9]{1,18}")) {
            Optional<StoredRecord> byId = find(connection, Long.parseLong(text));
            if (byId.isPresent()) {
                return byId;
            }
        }
        Optional<StoredRecord> byExternalId = find(connection, "", text);
        return byExternalId.isPresent()
                ? byExternalId
                : first(connection, "WHERE r.id = (SELECT max(record) FROM artifact WHERE digest = ?)", text);
    }

    /** Up to {@code limit} records above an id, in order, of one kind where one is given. */
    public static List<StoredRecord> list(Connection connection, Optional<Kind> kind, long after, int limit)
            throws SQLException {
        return kind.isPresent()
                ? all(
                        connection,
                        "WHERE r.kind = ? AND r.id > ? ORDER BY r.id LIMIT ?",
                        kind.get().number(),
                        after,
                        limit)
                : all(connection, "WHERE r.id > ? ORDER BY r.id LIMIT ?", after, limit);
    }

    /** The metric records that speak of a record, oldest first. */
    public static List<StoredRecord> metricsOf(Connection connection, long id) throws SQLException {
        return all(
                connection,
                "JOIN lineage l ON l.down = r.id WHERE l.up = ? AND l.role = ? ORDER BY r.id",
                id,
                Role.MEASURED.number());
    }

    /** What was told of a run since it was recorded, oldest first. */
    public static List<StoredRecord> observationsOf(Connection connection, long run) throws SQLException {
        return all(
                connection,
                "JOIN lineage l ON l.down = r.id WHERE l.up = ? AND l.role = ? AND r.kind = ? ORDER BY r.id",
                run,
                Role.RUN.number(),
                Kind.OBSERVATION.number());
    }

    /** The records that a run has in that role, whoever said so, in the order in which they were recorded. */
    public static List<Long> usedBy(Connection connection, long run, Role role) throws SQLException {
        String sql = role.namedIsDownstream()
                ? "SELECT down FROM lineage WHERE up = ? AND role = ? ORDER BY down"
                : "SELECT up FROM lineage WHERE down = ? AND role = ? ORDER BY up";
        List<Long> ids = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, run);
            select.setInt(2, role.number());
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getLong(1));
                }
            }
        }
        return ids;
    }

    /** The newest runs that have a record in that role, at most {@code limit}. */
    static List<Long> having(Connection connection, long record, Role role, int limit) throws SQLException {
        String sql = role.namedIsDownstream()
                ? "SELECT up FROM lineage WHERE down = ? AND role = ? ORDER BY up DESC LIMIT ?"
                : "SELECT down FROM lineage WHERE up = ? AND role = ? ORDER BY down DESC LIMIT ?";
        List<Long> ids = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, record);
            select.setInt(2, role.number());
            select.setInt(3, limit);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getLong(1));
                }
            }
        }
        return ids;
    }

    /** The runs that name a record as their output, oldest first. */
    public static List<StoredRecord> producersOf(Connection connection, long id) throws SQLException {
        return all(
                connection,
                "JOIN lineage l ON l.up = r.id WHERE l.down = ? AND l.role = ? ORDER BY r.id",
                id,
                Role.OUTPUT.number());
    }

    /** How many records there are. */
    public static long count(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT count(*) FROM record");
                ResultSet rows = select.executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    /** Bytes of the database, of which the records are by far the most; counting their own would read them all. */
    public static long bytes(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()");
                ResultSet rows = select.executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    /** Walks from a record, breadth first, at most {@code depth} links far (0: as far as it goes). */
    public static LocalLineage walk(Connection connection, StoredRecord start, Direction direction, int depth)
            throws SQLException {
        String sql = direction == Direction.UP
                ? "SELECT down, up, role, said FROM lineage WHERE down = ? ORDER BY up, role"
                : "SELECT down, up, role, said FROM lineage WHERE up = ? ORDER BY down, role";
        Map<Long, Integer> distances = new LinkedHashMap<>(Map.of(start.id(), 0));
        List<Link> links = new ArrayList<>();
        Deque<Long> open = new ArrayDeque<>(List.of(start.id()));
        boolean truncated = false;
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            while (!open.isEmpty()) {
                long at = open.remove();
                int distance = distances.getOrDefault(at, 0);
                if (depth > 0 && distance >= depth) {
                    continue;
                }
                for (Link link : links(select, at)) {
                    long next = direction == Direction.UP ? link.up() : link.down();
                    if (!distances.containsKey(next)) {
                        if (distances.size() >= LocalLineage.MAX_RECORDS) {
                            truncated = true;
                            continue;
                        }
                        distances.put(next, distance + 1);
                        open.add(next);
                    }
                    links.add(link);
                }
            }
        }
        return new LocalLineage(find(connection, distances.keySet()), links, truncated);
    }

    private static List<Link> links(PreparedStatement select, long at) throws SQLException {
        select.setLong(1, at);
        List<Link> found = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                found.add(new Link(rows.getLong(1), rows.getLong(2), Role.ofNumber(rows.getInt(3)), rows.getLong(4)));
            }
        }
        return found;
    }

    private static List<StoredRecord> find(Connection connection, Collection<Long> ids) throws SQLException {
        Map<Long, StoredRecord> found = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(COLUMNS + "WHERE r.id = ?")) {
            for (long id : ids) {
                select.setLong(1, id);
                read(select).forEach(record -> found.put(record.id(), record));
            }
        }
        return ids.stream()
                .flatMap(id -> Optional.ofNullable(found.get(id)).stream())
                .toList();
    }

    private static Optional<StoredRecord> first(Connection connection, String where, Object... values)
            throws SQLException {
        return all(connection, where, values).stream().findFirst();
    }

    private static List<StoredRecord> all(Connection connection, String where, Object... values) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(COLUMNS + where)) {
            for (int n = 0; n < values.length; n++) {
                select.setObject(n + 1, values[n]);
            }
            return read(select);
        }
    }

    private static List<StoredRecord> read(PreparedStatement select) throws SQLException {
        List<StoredRecord> found = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                found.add(new StoredRecord(
                        rows.getLong(1),
                        Kind.ofNumber(rows.getInt(2)),
                        rows.getString(3),
                        Optional.ofNullable(rows.getString(4)),
                        Instant.ofEpochMilli(rows.getLong(5)),
                        RecordBody.decode(rows.getBytes(6))));
            }
        }
        return found;
    }
}
