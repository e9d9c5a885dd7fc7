package dev.weft.aggregator.graph;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Edges as rows: those from vertices that an earlier entry had named, and the way back to all that a block does not hold. */
final class EdgeStore {
    private static final Comparator<Arc> BY_END = Comparator.comparingLong(Arc::to)
            .thenComparing(Arc::walked)
            .thenComparingLong(Arc::from)
            .thenComparingInt(Arc::kind);

    private static final int BACK_COLUMNS = 5;
    private static final String INSERT_BACK =
            "INSERT OR IGNORE INTO edge_back (federation, dst, walked, src, kind) VALUES (?, ?, ?, ?, ?)";
    private static final int AT_ONCE = 40;
    private static final String INSERT_BACKS = INSERT_BACK + ", (?, ?, ?, ?, ?)".repeat(AT_ONCE - 1);

    private final Statements db;
    private final long federation;

    EdgeStore(Statements db, long federation) {
        this.db = db;
        this.federation = federation;
    }

    /** Adds an edge, with its way back, unless it is there. */
    void insert(Arc arc) throws SQLException {
        db.update(
                "INSERT OR IGNORE INTO edge (federation, src, dst, kind, walked, entry, flags) VALUES (?, ?, ?, ?, ?, ?, ?)",
                federation,
                arc.from(),
                arc.to(),
                arc.kind(),
                arc.walked() ? 1 : 0,
                arc.entry(),
                arc.flags());
        if (arc.isSoughtFromItsEnd()) {
            insertBack(arc);
        }
    }

    /** Adds the ways back, in the order in which they stand. */
    void insertBack(List<Arc> arcs) throws SQLException {
        List<Arc> sorted = arcs.stream().sorted(BY_END).toList();
        int done = 0;
        for (; done + AT_ONCE <= sorted.size(); done += AT_ONCE) {
            Object[] rows = new Object[AT_ONCE * BACK_COLUMNS];
            for (int i = 0; i < AT_ONCE; i++) {
                System.arraycopy(back(sorted.get(done + i)), 0, rows, i * BACK_COLUMNS, BACK_COLUMNS);
            }
            db.update(INSERT_BACKS, rows);
        }
        for (Arc arc : sorted.subList(done, sorted.size())) {
            insertBack(arc);
        }
    }

    private void insertBack(Arc arc) throws SQLException {
        db.update(INSERT_BACK, back(arc));
    }

    private Object[] back(Arc arc) {
        return new Object[] {federation, arc.to(), arc.walked() ? 1 : 0, arc.from(), arc.kind()};
    }

    boolean holds(long from, long to, int kind) throws SQLException {
        return db.first(
                        "SELECT 1 FROM edge WHERE federation = ? AND src = ? AND walked IN (0, 1) AND dst = ? AND kind = ?",
                        row -> true,
                        federation,
                        from,
                        to,
                        kind)
                != null;
    }

    List<Arc> between(long from, long to) throws SQLException {
        return all("""
                SELECT src, dst, kind, entry, flags FROM edge
                WHERE federation = ? AND src = ? AND walked IN (0, 1) AND dst = ?""", EdgeStore::arc, federation, from, to);
    }

    List<Long> walkedFrom(long id) throws SQLException {
        return all(
                "SELECT dst FROM edge WHERE federation = ? AND src = ? AND walked = 1",
                row -> row.getLong(1),
                federation,
                id);
    }

    boolean isWalkedTo(long id) throws SQLException {
        return db.first(
                        "SELECT 1 FROM edge_back WHERE federation = ? AND dst = ? AND walked = 1 LIMIT 1",
                        row -> true,
                        federation,
                        id)
                != null;
    }

    /** Where edges to that vertex begin, each once. */
    List<Long> sources(long id) throws SQLException {
        return all(
                "SELECT DISTINCT src FROM edge_back WHERE federation = ? AND dst = ?",
                row -> row.getLong(1),
                federation,
                id);
    }

    /** Edges from the vertices of a block that later entries said. */
    List<Arc> from(Block block) throws SQLException {
        return all(
                "SELECT src, dst, kind, entry, flags FROM edge WHERE federation = ? AND src BETWEEN ? AND ?",
                EdgeStore::arc,
                federation,
                block.first(),
                block.last());
    }

    /** For each vertex of a block to which others lead by walked edges, which. */
    Map<Long, List<Long>> walkedTo(Block block) throws SQLException {
        Map<Long, List<Long>> walked = new HashMap<>();
        try (ResultSet rows = db.with(
                        "SELECT dst, src FROM edge_back WHERE federation = ? AND dst BETWEEN ? AND ? AND walked = 1",
                        federation,
                        block.first(),
                        block.last())
                .executeQuery()) {
            while (rows.next()) {
                walked.computeIfAbsent(rows.getLong(1), end -> new ArrayList<>())
                        .add(rows.getLong(2));
            }
        }
        return walked;
    }

    private static Arc arc(ResultSet row) throws SQLException {
        return new Arc(row.getLong(1), row.getLong(2), row.getInt(3), row.getLong(4), row.getLong(5));
    }

    private <T> List<T> all(String sql, Statements.Row<T> read, Object... parameters) throws SQLException {
        List<T> all = new ArrayList<>();
        try (ResultSet rows = db.with(sql, parameters).executeQuery()) {
            while (rows.next()) {
                all.add(Objects.requireNonNull(read.read(rows)));
            }
        }
        return all;
    }
}
