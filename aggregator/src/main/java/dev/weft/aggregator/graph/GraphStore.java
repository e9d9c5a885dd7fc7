package dev.weft.aggregator.graph;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.graph.Effect;
import dev.weft.proto.graph.Generation;
import dev.weft.proto.graph.GraphView;
import dev.weft.proto.graph.Link;
import dev.weft.proto.graph.Participation;
import dev.weft.proto.graph.Projected;
import dev.weft.proto.graph.Projection;
import dev.weft.proto.graph.VertexRef;
import dev.weft.proto.graph.Walk;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.log.JdbcLogStore;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.SiteInRound;
import dev.weft.proto.v1.Vertex;
import dev.weft.proto.v1.VertexKind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes the graph, and answers the projection's look-ups from it, inside the caller's transaction. For the one thread that
 * writes the log; {@link #rolledBack} after a transaction that did not commit.
 */
public final class GraphStore implements GraphView {
    private static final int CACHED_VERTICES = 16_384;
    private static final int CACHED_ROUNDS = 256;
    private static final int CACHED_LINKS = 16_384;
    private static final Set<VertexKind> LABELLED = EnumSet.of(
            VertexKind.MEMBER_VERTEX,
            VertexKind.ROUND_VERTEX,
            VertexKind.CONTENT_VERTEX,
            VertexKind.PUBLICATION_VERTEX);

    private final long federation;
    private final Recent<VertexRef, Numbered> vertices = new Recent<>(CACHED_VERTICES);
    private final Recent<Digest, RoundStatus> rounds = new Recent<>(CACHED_ROUNDS);
    private @Nullable Statements statements;
    private long lastVertex = -1;

    /** Edges that were said again: a site's preparation and its code stand in every round. */
    private final Recent<Ends, Boolean> again = new Recent<>(CACHED_LINKS);

    private record Ends(long src, long dst, int kind) {}

    private record Numbered(long id, Vertex vertex) {}

    public GraphStore(long federation) {
        this.federation = federation;
    }

    /** Projects the next entry and stores what comes of it. */
    public void project(Connection writer, long index, Statement statement) throws SQLException {
        if (statements == null || !statements.of(writer)) {
            rolledBack();
            statements = new Statements(writer);
        }
        try {
            store(Projection.project(index, statement, this));
        } catch (GraphUnreadable e) {
            throw e.getCause();
        }
    }

    /** Forgets what memory holds: the transaction it came from is gone. */
    public void rolledBack() {
        // The driver closes a statement for good when the disk is full: none is kept over a failure.
        if (statements != null) {
            statements.drop();
            statements = null;
        }
        vertices.clear();
        rounds.clear();
        again.clear();
        lastVertex = -1;
    }

    /** Empties the graph, for a rebuild. */
    public void clear(Connection writer) throws SQLException {
        try (Statements all = new Statements(writer)) {
            for (String table : GraphDump.TABLES) {
                all.update("DELETE FROM " + table + " WHERE federation = ?", federation);
            }
        }
        rolledBack();
    }

    private void store(Projected projected) throws SQLException {
        for (Projected.Said added : projected.vertices()) {
            store(added);
        }
        for (Link link : projected.links()) {
            store(link);
        }
        for (RoundStatus round : projected.rounds()) {
            store(round);
        }
        for (Participation site : projected.sites()) {
            store(site);
        }
        for (Generation generation : projected.generations()) {
            store(generation);
        }
        for (Projected.Waiting waiting : projected.waiting()) {
            db().update(
                            "INSERT OR IGNORE INTO waiting (federation, round, idx) VALUES (?, ?, ?)",
                            federation,
                            waiting.round().toByteArray(),
                            waiting.index());
        }
        for (var effect : projected.effects().entrySet()) {
            store(effect.getKey(), effect.getValue(), projected.index());
        }
    }

    private void store(Projected.Said added) throws SQLException {
        VertexRef ref = added.ref();
        if (added.fresh()) {
            Vertex vertex = added.vertex().toBuilder().setId(nextVertex()).build();
            db().update(
                            "INSERT INTO vertex (federation, id, kind, key, body) VALUES (?, ?, ?, ?, ?)",
                            federation,
                            vertex.getId(),
                            ref.kind().getNumber(),
                            ref.key().toByteArray(),
                            vertex.toByteArray());
            vertices.put(ref, new Numbered(vertex.getId(), vertex));
            if (LABELLED.contains(ref.kind())) {
                db().update(
                                "INSERT INTO vertex_label (federation, label, id) VALUES (?, ?, ?)",
                                federation,
                                vertex.getLabel(),
                                vertex.getId());
            }
        } else {
            Numbered before = Objects.requireNonNull(find(ref), "what was said before is stored");
            Vertex vertex = added.vertex().toBuilder().setId(before.id()).build();
            db().update(
                            "UPDATE vertex SET body = ? WHERE federation = ? AND id = ?",
                            vertex.toByteArray(),
                            federation,
                            before.id());
            vertices.put(ref, new Numbered(before.id(), vertex));
        }
    }

    private long nextVertex() throws SQLException {
        if (lastVertex < 0) {
            lastVertex = Objects.requireNonNull(db().first(
                            "SELECT coalesce(max(id), 0) FROM vertex WHERE federation = ?",
                            row -> row.getLong(1),
                            federation));
        }
        return ++lastVertex;
    }

    private void store(Link link) throws SQLException {
        long flags = 0;
        for (Flag flag : link.flags()) {
            flags |= 1L << flag.getNumber();
        }
        db().update(
                        "INSERT OR IGNORE INTO edge (federation, src, dst, kind, walked, entry, flags) VALUES (?, ?, ?, ?, ?, ?, ?)",
                        federation,
                        number(link.from()),
                        number(link.to()),
                        link.kind().getNumber(),
                        Walk.follows(link.kind(), link.flags()) ? 1 : 0,
                        link.entry(),
                        flags);
    }

    private void store(RoundStatus round) throws SQLException {
        Digest id = Digest.of(round.getId());
        db().update(
                        """
                        INSERT INTO round (federation, id, line, number, body) VALUES (?, ?, ?, ?, ?)
                        ON CONFLICT (federation, id) DO UPDATE SET body = excluded.body""",
                        federation,
                        number(VertexRef.round(id)),
                        round.getTrainingLine(),
                        round.getNumber(),
                        round.toByteArray());
        rounds.put(id, round);
    }

    private void store(Participation site) throws SQLException {
        db().update(
                        """
                        INSERT INTO participation (federation, round, member, expected, body) VALUES (?, ?, ?, ?, ?)
                        ON CONFLICT (federation, round, member) DO UPDATE SET expected = excluded.expected, body = excluded.body""",
                        federation,
                        number(VertexRef.round(site.round())),
                        site.site().getMember(),
                        site.expected() ? 1 : 0,
                        site.site().toByteArray());
    }

    private void store(Generation generation) throws SQLException {
        db().update(
                        "INSERT INTO generation (federation, content, occurrence, author) VALUES (?, ?, ?, ?)",
                        federation,
                        number(VertexRef.content(generation.digest())),
                        number(generation.occurrence()),
                        generation.author().value());
    }

    private void store(long index, Effect effect, long now) throws SQLException {
        if (effect.without().isPresent()) {
            db().update(
                            "INSERT OR REPLACE INTO without_effect (federation, idx, reason) VALUES (?, ?, ?)",
                            federation,
                            index,
                            effect.without().get().code());
        } else if (index < now) {
            db().update("DELETE FROM without_effect WHERE federation = ? AND idx = ?", federation, index);
        }
    }

    private Statements db() {
        return Objects.requireNonNull(statements, "Look-ups are made while an entry is projected");
    }

    private @Nullable Numbered find(VertexRef ref) {
        Numbered cached = vertices.get(ref);
        if (cached != null) {
            return cached;
        }
        Numbered stored = first(
                "SELECT id, body FROM vertex WHERE federation = ? AND key = ? AND kind = ?",
                row -> new Numbered(row.getLong(1), vertex(row.getBytes(2))),
                federation,
                ref.key().toByteArray(),
                ref.kind().getNumber());
        if (stored != null) {
            vertices.put(ref, stored);
        }
        return stored;
    }

    private long number(VertexRef ref) {
        Numbered vertex = find(ref);
        if (vertex == null) {
            throw new IllegalStateException("The projection names " + ref + ", which nobody said");
        }
        return vertex.id();
    }

    @Override
    public Optional<Vertex> vertex(VertexRef ref) {
        return Optional.ofNullable(find(ref)).map(Numbered::vertex);
    }

    @Override
    public boolean hasLink(VertexRef from, VertexRef to, EdgeKind kind) {
        Numbered src = find(from);
        Numbered dst = src == null ? null : find(to);
        if (src == null || dst == null) {
            return false;
        }
        Ends ends = new Ends(src.id(), dst.id(), kind.getNumber());
        if (again.get(ends) != null) {
            return true;
        }
        boolean stored = first(
                        "SELECT 1 FROM edge WHERE federation = ? AND src = ? AND walked IN (0, 1) AND dst = ? AND kind = ?",
                        row -> true,
                        federation,
                        ends.src(),
                        ends.dst(),
                        ends.kind())
                != null;
        if (stored) {
            again.put(ends, true);
        }
        return stored;
    }

    @Override
    public List<VertexRef> successors(VertexRef from) {
        Numbered src = find(from);
        return src == null ? List.of() : all("""
                        SELECT v.kind, v.key FROM edge e JOIN vertex v ON v.federation = e.federation AND v.id = e.dst
                        WHERE e.federation = ? AND e.src = ? AND e.walked = 1 ORDER BY e.dst""", GraphStore::ref, federation, src.id());
    }

    @Override
    public boolean hasPredecessors(VertexRef to) {
        Numbered dst = find(to);
        return dst != null
                && first(
                                "SELECT 1 FROM edge WHERE federation = ? AND dst = ? AND walked = 1 LIMIT 1",
                                row -> true,
                                federation,
                                dst.id())
                        != null;
    }

    @Override
    public Optional<RoundStatus> round(Digest id) {
        RoundStatus cached = rounds.get(id);
        Numbered vertex = cached != null ? null : find(VertexRef.round(id));
        if (cached != null || vertex == null) {
            return Optional.ofNullable(cached);
        }
        RoundStatus stored = first(
                "SELECT body FROM round WHERE federation = ? AND id = ?",
                row -> parsed(RoundStatus.parser(), row.getBytes(1)),
                federation,
                vertex.id());
        if (stored != null) {
            rounds.put(id, stored);
        }
        return Optional.ofNullable(stored);
    }

    @Override
    public Optional<Digest> roundAt(String trainingLine, int number) {
        return Optional.ofNullable(first("""
                SELECT v.key FROM round r JOIN vertex v ON v.federation = r.federation AND v.id = r.id
                WHERE r.federation = ? AND r.line = ? AND r.number = ?""", row -> Digest.of(row.getBytes(1)), federation, trainingLine, number));
    }

    @Override
    public Optional<Participation> site(Digest round, MemberName member) {
        Numbered vertex = find(VertexRef.round(round));
        return vertex == null
                ? Optional.empty()
                : Optional.ofNullable(first(
                        "SELECT expected, body FROM participation WHERE federation = ? AND round = ? AND member = ?",
                        row -> participation(round, row),
                        federation,
                        vertex.id(),
                        member.value()));
    }

    @Override
    public List<Participation> sites(Digest round) {
        Numbered vertex = find(VertexRef.round(round));
        return vertex == null
                ? List.of()
                : all(
                        "SELECT expected, body FROM participation WHERE federation = ? AND round = ? ORDER BY member",
                        row -> participation(round, row),
                        federation,
                        vertex.id());
    }

    @Override
    public Optional<VertexRef> newestGeneration(String digest, MemberName author) {
        Numbered content = find(VertexRef.content(digest));
        return content == null
                ? Optional.empty()
                : Optional.ofNullable(first("""
                        SELECT v.kind, v.key FROM generation g JOIN vertex v ON v.federation = g.federation AND v.id = g.occurrence
                        WHERE g.federation = ? AND g.content = ? AND g.author = ? ORDER BY g.occurrence DESC LIMIT 1""", GraphStore::ref, federation, content.id(), author.value()));
    }

    @Override
    public Optional<Generation> firstGeneration(String digest) {
        Numbered content = find(VertexRef.content(digest));
        return content == null
                ? Optional.empty()
                : Optional.ofNullable(first(
                        """
                        SELECT v.kind, v.key, g.author FROM generation g JOIN vertex v ON v.federation = g.federation AND v.id = g.occurrence
                        WHERE g.federation = ? AND g.content = ? ORDER BY g.occurrence LIMIT 1""",
                        row -> new Generation(digest, new MemberName(row.getString(3)), ref(row)),
                        federation,
                        content.id()));
    }

    @Override
    public boolean severalMade(String digest) {
        Numbered content = find(VertexRef.content(digest));
        return content != null
                && Objects.requireNonNull(first(
                                "SELECT count(DISTINCT author) FROM generation WHERE federation = ? AND content = ?",
                                row -> row.getLong(1),
                                federation,
                                content.id()))
                        > 1;
    }

    @Override
    public Statement statement(long index) {
        try (JdbcLogStore log = new JdbcLogStore(db().connection(), federation)) {
            return EnvelopeOpener.open(log.entry(index)).statement();
        } catch (VerificationException e) {
            throw new IllegalStateException("Entry " + index + " was accepted and does not open", e);
        }
    }

    @Override
    public List<Long> waiting(Digest round) {
        return all(
                "SELECT idx FROM waiting WHERE federation = ? AND round = ? ORDER BY idx",
                row -> row.getLong(1),
                federation,
                round.toByteArray());
    }

    private <T> @Nullable T first(String sql, Statements.Row<T> read, Object... parameters) {
        try {
            return db().first(sql, read, parameters);
        } catch (SQLException e) {
            throw new GraphUnreadable(e);
        }
    }

    private <T> List<T> all(String sql, Statements.Row<T> read, Object... parameters) {
        List<T> all = new ArrayList<>();
        try (ResultSet rows = db().with(sql, parameters).executeQuery()) {
            while (rows.next()) {
                all.add(read.read(rows));
            }
        } catch (SQLException e) {
            throw new GraphUnreadable(e);
        }
        return all;
    }

    private static VertexRef ref(ResultSet row) throws SQLException {
        return new VertexRef(Objects.requireNonNull(VertexKind.forNumber(row.getInt(1))), Digest.of(row.getBytes(2)));
    }

    private static Participation participation(Digest round, ResultSet row) throws SQLException {
        return new Participation(round, row.getInt(1) == 1, parsed(SiteInRound.parser(), row.getBytes(2)));
    }

    private static Vertex vertex(byte[] body) {
        return parsed(Vertex.parser(), body);
    }

    private static <T> T parsed(Parser<T> parser, byte[] body) {
        try {
            return parser.parseFrom(body);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("A row of the graph does not parse; run 'weft-aggregator rebuild'", e);
        }
    }

    /** A look-up failed below an interface that knows no SQL; {@link #project} gives the cause back. */
    private static final class GraphUnreadable extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final SQLException sql;

        GraphUnreadable(SQLException cause) {
            super(cause);
            this.sql = cause;
        }

        @Override
        public synchronized SQLException getCause() {
            return sql;
        }
    }
}
