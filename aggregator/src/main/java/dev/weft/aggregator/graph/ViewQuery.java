package dev.weft.aggregator.graph;

import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.graph.Generation;
import dev.weft.proto.graph.GraphView;
import dev.weft.proto.graph.Participation;
import dev.weft.proto.graph.VertexRef;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.log.JdbcLogStore;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.Vertex;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The graph so far, as the projection of the next entry asks for it. */
final class ViewQuery implements GraphView {
    private final Connection connection;
    private final long federation;
    private final Vertices vertices;
    private final RoundStore rounds;

    private interface LookUp<T> {
        T make() throws SQLException;
    }

    /** A look-up failed below an interface that knows no SQL. */
    static final class GraphUnreadable extends RuntimeException {
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

    ViewQuery(Connection connection, long federation, Vertices vertices, RoundStore rounds) {
        this.connection = connection;
        this.federation = federation;
        this.vertices = vertices;
        this.rounds = rounds;
    }

    @Override
    public Optional<Vertex> vertex(VertexRef ref) {
        return found(() -> Optional.ofNullable(vertices.find(ref)));
    }

    @Override
    public boolean hasLink(VertexRef from, VertexRef to, EdgeKind kind) {
        return found(() -> vertices.hasLink(from, to, kind));
    }

    @Override
    public List<VertexRef> successors(VertexRef from) {
        return found(() -> vertices.successors(from));
    }

    @Override
    public boolean hasPredecessors(VertexRef to) {
        return found(() -> vertices.hasPredecessors(to));
    }

    @Override
    public Optional<RoundStatus> round(Digest id) {
        return found(() -> rounds.round(id));
    }

    @Override
    public Optional<Digest> roundAt(String trainingLine, int number) {
        return found(() -> rounds.roundAt(trainingLine, number));
    }

    @Override
    public Optional<MemberName> registrantOf(String trainingLine) {
        return found(() -> rounds.registrantOf(trainingLine));
    }

    @Override
    public Optional<Participation> site(Digest round, MemberName member) {
        return found(() -> rounds.site(round, member));
    }

    @Override
    public List<Participation> sites(Digest round) {
        return found(() -> rounds.sites(round));
    }

    @Override
    public Optional<VertexRef> newestGeneration(String digest, MemberName author) {
        return found(() -> rounds.newestGeneration(digest, author));
    }

    @Override
    public Optional<Generation> firstGeneration(String digest) {
        return found(() -> rounds.firstGeneration(digest));
    }

    @Override
    public boolean severalMade(String digest) {
        return found(() -> rounds.severalMade(digest));
    }

    @Override
    public Statement statement(long index) {
        try (JdbcLogStore log = new JdbcLogStore(connection, federation)) {
            return EnvelopeOpener.open(log.entry(index)).statement();
        } catch (VerificationException e) {
            throw new IllegalStateException("Entry " + index + " was accepted and does not open", e);
        }
    }

    @Override
    public List<Long> waiting(Digest round) {
        return found(() -> rounds.waiting(round));
    }

    private static <T> T found(LookUp<T> lookUp) {
        try {
            return lookUp.make();
        } catch (SQLException e) {
            throw new GraphUnreadable(e);
        }
    }
}
