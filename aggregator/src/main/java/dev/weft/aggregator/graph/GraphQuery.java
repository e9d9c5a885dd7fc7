package dev.weft.aggregator.graph;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.graph.VertexRef;
import dev.weft.proto.v1.Edge;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.SiteInRound;
import dev.weft.proto.v1.Vertex;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Reads the graph from one snapshot. For the thread that owns the connection; {@link #close} frees the statements. */
public final class GraphQuery implements AutoCloseable {
    private static final String EDGE = "SELECT src, dst, kind, entry, flags FROM edge WHERE federation = ? AND ";

    private final Statements statements;
    private final long federation;

    /** A site in a round, and whether its open names it. */
    public record Site(boolean expected, SiteInRound site) {}

    public GraphQuery(Connection snapshot, long federation) {
        this.statements = new Statements(snapshot);
        this.federation = federation;
    }

    /** The vertex of that number; asking for one that no row told is an IllegalStateException. */
    public Vertex vertex(long id) throws SQLException {
        Vertex vertex = statements.first(
                "SELECT body FROM vertex WHERE federation = ? AND id = ?",
                row -> parsed(Vertex.parser(), row.getBytes(1)),
                federation,
                id);
        return Objects.requireNonNull(vertex, "an edge leads to a vertex that is not stored");
    }

    public Optional<Vertex> vertex(VertexRef ref) throws SQLException {
        return Optional.ofNullable(statements.first(
                "SELECT body FROM vertex WHERE federation = ? AND key = ? AND kind = ?",
                row -> parsed(Vertex.parser(), row.getBytes(1)),
                federation,
                ref.key().toByteArray(),
                ref.kind().getNumber()));
    }

    /** Vertices above a number whose key begins with these 1 to 64 hex digits, by their numbers. */
    public List<Vertex> withKeyPrefix(String hex, long after, int most) throws SQLException {
        int rest = 2 * Digest.SIZE - hex.length();
        return all(
                "SELECT body FROM vertex WHERE federation = ? AND key BETWEEN ? AND ? AND id > ? ORDER BY id LIMIT ?",
                row -> parsed(Vertex.parser(), row.getBytes(1)),
                federation,
                HexFormat.of().parseHex(hex + "0".repeat(rest)),
                HexFormat.of().parseHex(hex + "f".repeat(rest)),
                after,
                most);
    }

    /** Vertices above a number whose label begins with this text, by their numbers. */
    public List<Vertex> withLabelPrefix(String prefix, long after, int most) throws SQLException {
        return all(
                """
                SELECT body FROM vertex WHERE federation = ?1 AND id IN (
                  SELECT id FROM vertex_label WHERE federation = ?1 AND label >= ?2 AND label < ?3 AND id > ?4
                  ORDER BY id LIMIT ?5) ORDER BY id""",
                row -> parsed(Vertex.parser(), row.getBytes(1)),
                federation,
                prefix,
                prefix + Character.MAX_VALUE,
                after,
                most);
    }

    /** Where walked edges lead from here. */
    public List<Long> walkedFrom(long id) throws SQLException {
        return all(
                "SELECT dst FROM edge WHERE federation = ? AND src = ? AND walked = 1",
                row -> row.getLong(1),
                federation,
                id);
    }

    /** Whence walked edges lead here. */
    public List<Long> walkedTo(long id) throws SQLException {
        return all(
                "SELECT src FROM edge WHERE federation = ? AND dst = ? AND walked = 1",
                row -> row.getLong(1),
                federation,
                id);
    }

    /** All edges from here, flagged ones too. */
    public List<Edge> edgesFrom(long id) throws SQLException {
        return all(EDGE + "src = ? ORDER BY dst, kind", GraphQuery::edge, federation, id);
    }

    /** All edges to here, flagged ones too. */
    public List<Edge> edgesTo(long id) throws SQLException {
        return all(EDGE + "dst = ? ORDER BY src, kind", GraphQuery::edge, federation, id);
    }

    /** The round of that id, without its sites. */
    public Optional<RoundStatus> round(Digest id) throws SQLException {
        return Optional.ofNullable(statements.first(
                """
                SELECT r.body FROM vertex v JOIN round r ON r.federation = v.federation AND r.id = v.id
                WHERE v.federation = ? AND v.key = ?""", row -> parsed(RoundStatus.parser(), row.getBytes(1)), federation, id.toByteArray()));
    }

    /** The round at that place of a training line, without its sites. */
    public Optional<RoundStatus> round(String trainingLine, int number) throws SQLException {
        return Optional.ofNullable(statements.first(
                "SELECT body FROM round WHERE federation = ? AND line = ? AND number = ?",
                row -> parsed(RoundStatus.parser(), row.getBytes(1)),
                federation,
                trainingLine,
                number));
    }

    /** Rounds after that place, by training line and number; of one line, or of all where {@code only} is empty. */
    public List<RoundStatus> rounds(String only, String afterLine, int afterNumber, int most) throws SQLException {
        return all(
                """
                SELECT body FROM round WHERE federation = ? AND (? = '' OR line = ?) AND (line, number) > (?, ?)
                ORDER BY line, number LIMIT ?""",
                row -> parsed(RoundStatus.parser(), row.getBytes(1)),
                federation,
                only,
                only,
                afterLine,
                afterNumber,
                most);
    }

    /** Who stands in a round, by name. */
    public List<Site> sites(Digest round) throws SQLException {
        return all(
                """
                SELECT p.expected, p.body FROM vertex v JOIN participation p ON p.federation = v.federation AND p.round = v.id
                WHERE v.federation = ? AND v.key = ? ORDER BY p.member""",
                row -> new Site(row.getInt(1) == 1, parsed(SiteInRound.parser(), row.getBytes(2))),
                federation,
                round.toByteArray());
    }

    @Override
    public void close() throws SQLException {
        statements.close();
    }

    private <T> List<T> all(String sql, Statements.Row<T> read, Object... parameters) throws SQLException {
        List<T> all = new ArrayList<>();
        try (ResultSet rows = statements.with(sql, parameters).executeQuery()) {
            while (rows.next()) {
                all.add(read.read(rows));
            }
        }
        return all;
    }

    private static Edge edge(ResultSet row) throws SQLException {
        Edge.Builder edge = Edge.newBuilder()
                .setFrom(row.getLong(1))
                .setTo(row.getLong(2))
                .setKind(Objects.requireNonNull(EdgeKind.forNumber(row.getInt(3))))
                .setEntry(row.getLong(4));
        long flags = row.getLong(5);
        for (int bit = Long.numberOfTrailingZeros(flags); flags != 0; bit = Long.numberOfTrailingZeros(flags)) {
            edge.addFlags(Objects.requireNonNull(Flag.forNumber(bit)));
            flags &= flags - 1;
        }
        return edge.build();
    }

    private static <T extends Message> T parsed(Parser<T> parser, byte[] body) {
        try {
            return parser.parseFrom(body);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("A row of the graph does not parse; run 'weft-aggregator rebuild'", e);
        }
    }
}
