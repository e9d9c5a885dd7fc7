package dev.weft.aggregator.graph;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.graph.Effect;
import dev.weft.proto.graph.Generation;
import dev.weft.proto.graph.Participation;
import dev.weft.proto.graph.Projected;
import dev.weft.proto.graph.VertexRef;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.SiteInRound;
import dev.weft.proto.v1.Vertex;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What stands beside the vertices: rounds, who took part, who made which digest, what waits, what had no effect. */
final class RoundStore {
    private static final int CACHED_ROUNDS = 256;

    private final Statements db;
    private final long federation;
    private final Vertices vertices;
    private final Recent<Digest, RoundStatus> rounds = new Recent<>(CACHED_ROUNDS);

    RoundStore(Statements db, long federation, Vertices vertices) {
        this.db = db;
        this.federation = federation;
        this.vertices = vertices;
    }

    /** Stores these of the next entry, whose vertices are stored. */
    void store(Projected projected) throws SQLException {
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
            db.update(
                    "INSERT OR IGNORE INTO waiting (federation, round, idx) VALUES (?, ?, ?)",
                    federation,
                    waiting.round().toByteArray(),
                    waiting.index());
        }
        for (var effect : projected.effects().entrySet()) {
            store(effect.getKey(), effect.getValue(), projected.index());
        }
    }

    private void store(RoundStatus round) throws SQLException {
        Digest id = Digest.of(round.getId());
        db.update(
                """
                INSERT INTO round (federation, id, line, number, body) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (federation, id) DO UPDATE SET body = excluded.body""",
                federation,
                vertices.number(VertexRef.round(id)),
                round.getTrainingLine(),
                round.getNumber(),
                round.toByteArray());
        rounds.put(id, round);
    }

    private void store(Participation site) throws SQLException {
        db.update(
                """
                INSERT INTO participation (federation, round, member, expected, body) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (federation, round, member) DO UPDATE SET expected = excluded.expected, body = excluded.body""",
                federation,
                vertices.number(VertexRef.round(site.round())),
                site.site().getMember(),
                site.expected() ? 1 : 0,
                site.site().toByteArray());
    }

    private void store(Generation generation) throws SQLException {
        db.update(
                "INSERT INTO generation (federation, content, occurrence, author) VALUES (?, ?, ?, ?)",
                federation,
                vertices.number(VertexRef.content(generation.digest())),
                vertices.number(generation.occurrence()),
                generation.author().value());
    }

    private void store(long index, Effect effect, long now) throws SQLException {
        if (effect.without().isPresent()) {
            db.update(
                    "INSERT OR REPLACE INTO without_effect (federation, idx, reason) VALUES (?, ?, ?)",
                    federation,
                    index,
                    effect.without().get().code());
        } else if (index < now) {
            db.update("DELETE FROM without_effect WHERE federation = ? AND idx = ?", federation, index);
        }
    }

    Optional<RoundStatus> round(Digest id) throws SQLException {
        RoundStatus cached = rounds.get(id);
        Vertex vertex = cached != null ? null : vertices.find(VertexRef.round(id));
        if (cached != null || vertex == null) {
            return Optional.ofNullable(cached);
        }
        RoundStatus stored = db.first(
                "SELECT body FROM round WHERE federation = ? AND id = ?",
                row -> parsed(RoundStatus.parser(), row.getBytes(1)),
                federation,
                vertex.getId());
        if (stored != null) {
            rounds.put(id, stored);
        }
        return Optional.ofNullable(stored);
    }

    Optional<Digest> roundAt(String trainingLine, int number) throws SQLException {
        Long id = db.first(
                "SELECT id FROM round WHERE federation = ? AND line = ? AND number = ?",
                row -> row.getLong(1),
                federation,
                trainingLine,
                number);
        return id == null ? Optional.empty() : Optional.of(vertices.ref(id).key());
    }

    /** Any round of the line tells: the projection lets nobody else's in. */
    Optional<MemberName> registrantOf(String trainingLine) throws SQLException {
        return Optional.ofNullable(db.first(
                        "SELECT body FROM round WHERE federation = ? AND line = ? ORDER BY number LIMIT 1",
                        row -> parsed(RoundStatus.parser(), row.getBytes(1)),
                        federation,
                        trainingLine))
                .map(round -> new MemberName(round.getRegistrant()));
    }

    Optional<Participation> site(Digest round, MemberName member) throws SQLException {
        Vertex vertex = vertices.find(VertexRef.round(round));
        return vertex == null
                ? Optional.empty()
                : Optional.ofNullable(db.first(
                        "SELECT expected, body FROM participation WHERE federation = ? AND round = ? AND member = ?",
                        row -> participation(round, row),
                        federation,
                        vertex.getId(),
                        member.value()));
    }

    List<Participation> sites(Digest round) throws SQLException {
        Vertex vertex = vertices.find(VertexRef.round(round));
        return vertex == null
                ? List.of()
                : all(
                        "SELECT expected, body FROM participation WHERE federation = ? AND round = ? ORDER BY member",
                        row -> participation(round, row),
                        federation,
                        vertex.getId());
    }

    Optional<VertexRef> newestGeneration(String digest, MemberName author) throws SQLException {
        Vertex content = vertices.find(VertexRef.content(digest));
        return content == null
                ? Optional.empty()
                : ref(db.first("""
                        SELECT occurrence FROM generation
                        WHERE federation = ? AND content = ? AND author = ? ORDER BY occurrence DESC LIMIT 1""", row -> row.getLong(1), federation, content.getId(), author.value()));
    }

    private Optional<VertexRef> ref(@Nullable Long id) throws SQLException {
        return id == null ? Optional.empty() : Optional.of(vertices.ref(id));
    }

    Optional<Generation> firstGeneration(String digest) throws SQLException {
        Vertex content = vertices.find(VertexRef.content(digest));
        return content == null
                ? Optional.empty()
                : Optional.ofNullable(db.first(
                        "SELECT occurrence, author FROM generation WHERE federation = ? AND content = ? ORDER BY occurrence LIMIT 1",
                        row -> new Generation(digest, new MemberName(row.getString(2)), vertices.ref(row.getLong(1))),
                        federation,
                        content.getId()));
    }

    boolean severalMade(String digest) throws SQLException {
        Vertex content = vertices.find(VertexRef.content(digest));
        return content != null
                && Objects.requireNonNull(db.first(
                                "SELECT count(DISTINCT author) FROM generation WHERE federation = ? AND content = ?",
                                row -> row.getLong(1),
                                federation,
                                content.getId()))
                        > 1;
    }

    List<Long> waiting(Digest round) throws SQLException {
        return all(
                "SELECT idx FROM waiting WHERE federation = ? AND round = ? ORDER BY idx",
                row -> row.getLong(1),
                federation,
                round.toByteArray());
    }

    private <T> List<T> all(String sql, Statements.Row<T> read, Object... parameters) throws SQLException {
        List<T> all = new ArrayList<>();
        try (ResultSet rows = db.with(sql, parameters).executeQuery()) {
            while (rows.next()) {
                all.add(read.read(rows));
            }
        }
        return all;
    }

    private static Participation participation(Digest round, ResultSet row) throws SQLException {
        return new Participation(round, row.getInt(1) == 1, parsed(SiteInRound.parser(), row.getBytes(2)));
    }

    private static <T> T parsed(Parser<T> parser, byte[] body) {
        try {
            return parser.parseFrom(body);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("A row of the graph does not parse; run 'weft-aggregator rebuild'", e);
        }
    }
}
