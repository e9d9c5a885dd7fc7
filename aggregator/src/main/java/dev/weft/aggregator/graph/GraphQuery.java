package dev.weft.aggregator.graph;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.graph.VertexRef;
import dev.weft.proto.v1.Edge;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.SiteInRound;
import dev.weft.proto.v1.Vertex;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the graph from one snapshot. For the thread that owns the connection; {@link #close} frees the statements. */
public final class GraphQuery implements AutoCloseable {
    private static final Comparator<Arc> BY_END =
            Comparator.comparingLong(Arc::to).thenComparingInt(Arc::kind);
    private static final Comparator<Arc> BY_BEGINNING =
            Comparator.comparingLong(Arc::from).thenComparingInt(Arc::kind);

    private static final int AT_HAND = 1_024;

    private final Statements statements;
    private final long federation;
    private final BlockStore blocks;
    private final EdgeStore edges;
    /** Rows around the blocks that were used last, which hold several vertices each. */
    private final Recent<Long, List<Arc>> laterFrom = new Recent<>(AT_HAND);

    private final Recent<Long, Map<Long, List<Long>>> walkedTo = new Recent<>(AT_HAND);
    private @Nullable VertexIndex index;

    /** A site in a round, and whether its open names it. */
    public record Site(boolean expected, SiteInRound site) {}

    public GraphQuery(Connection snapshot, long federation) {
        this.statements = new Statements(snapshot);
        this.federation = federation;
        this.blocks = new BlockStore(statements, federation);
        this.edges = new EdgeStore(statements, federation);
    }

    private VertexIndex index() throws SQLException {
        VertexIndex now = index;
        if (now == null) {
            now = new VertexIndex(statements, federation, blocks);
            index = now;
        }
        return now;
    }

    /** The vertex of that number; asking for one that nothing told is an IllegalStateException. */
    public Vertex vertex(long id) throws SQLException {
        return blocks.holding(id).vertex(id);
    }

    public Optional<Vertex> vertex(VertexRef ref) throws SQLException {
        OptionalLong id = index().number(ref);
        return id.isEmpty() ? Optional.empty() : Optional.of(vertex(id.getAsLong()));
    }

    /** Vertices above a number whose key begins with these 8 to 64 hex digits, by their numbers. */
    public List<Vertex> withKeyPrefix(String hex, long after, int most) throws SQLException {
        return index().withKeyPrefix(hex, after, most);
    }

    /** Vertices above a number whose label begins with this text, by their numbers. */
    public List<Vertex> withLabelPrefix(String prefix, long after, int most) throws SQLException {
        SortedMap<Long, Vertex> found = new TreeMap<>();
        index().contentsWithLabelPrefix(prefix, after, most).forEach(vertex -> found.put(vertex.getId(), vertex));
        List<Long> typed =
                all("""
                SELECT id FROM vertex_label WHERE federation = ? AND label >= ? AND label < ? AND id > ?
                ORDER BY id LIMIT ?""", row -> row.getLong(1), federation, prefix, prefix + Character.MAX_VALUE, after, most);
        for (long id : typed) {
            found.put(id, vertex(id));
        }
        return found.values().stream().limit(most).toList();
    }

    /** Where walked edges lead from here. */
    public List<Long> walkedFrom(long id) throws SQLException {
        return arcsFrom(id).filter(Arc::walked).map(Arc::to).toList();
    }

    /** Whence walked edges lead here. */
    public List<Long> walkedTo(long id) throws SQLException {
        Block block = blocks.holding(id);
        List<Long> before = new ArrayList<>(before(block).getOrDefault(id, List.of()));
        Stream.concat(block.arcsTo(id), index().tail().arcsTo(id).stream())
                .filter(Arc::walked)
                .forEach(arc -> before.add(arc.from()));
        return before;
    }

    /** All edges from here, flagged ones too. */
    public List<Edge> edgesFrom(long id) throws SQLException {
        return arcsFrom(id).sorted(BY_END).map(Arc::edge).toList();
    }

    private Stream<Arc> arcsFrom(long id) throws SQLException {
        Block block = blocks.holding(id);
        return Stream.concat(block.arcsFrom(id), later(block).stream().filter(arc -> arc.from() == id));
    }

    private List<Arc> later(Block block) throws SQLException {
        List<Arc> later = laterFrom.get(block.first());
        if (later == null) {
            later = edges.from(block);
            laterFrom.put(block.first(), later);
        }
        return later;
    }

    private Map<Long, List<Long>> before(Block block) throws SQLException {
        Map<Long, List<Long>> before = walkedTo.get(block.first());
        if (before == null) {
            before = edges.walkedTo(block);
            walkedTo.put(block.first(), before);
        }
        return before;
    }

    /** All edges to here, flagged ones too, but for unflagged ones to an agent: these are told where they begin. */
    public List<Edge> edgesTo(long id) throws SQLException {
        Set<Long> sources = new HashSet<>(edges.sources(id));
        blocks.holding(id).arcsTo(id).forEach(arc -> sources.add(arc.from()));
        index().tail().arcsTo(id).forEach(arc -> sources.add(arc.from()));
        List<Arc> arcs = new ArrayList<>();
        for (long source : sources) {
            Stream.concat(
                            edges.between(source, id).stream(),
                            blocks.holding(source).arcsFrom(source))
                    .filter(arc -> arc.to() == id && arc.isSoughtFromItsEnd())
                    .forEach(arcs::add);
        }
        return arcs.stream().sorted(BY_BEGINNING).map(Arc::edge).toList();
    }

    /** The round of that id, without its sites. */
    public Optional<RoundStatus> round(Digest id) throws SQLException {
        OptionalLong number = index().number(VertexRef.round(id));
        return number.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(statements.first(
                        "SELECT body FROM round WHERE federation = ? AND id = ?",
                        row -> parsed(RoundStatus.parser(), row.getBytes(1)),
                        federation,
                        number.getAsLong()));
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
        OptionalLong number = index().number(VertexRef.round(round));
        return number.isEmpty()
                ? List.of()
                : all(
                        "SELECT expected, body FROM participation WHERE federation = ? AND round = ? ORDER BY member",
                        row -> new Site(row.getInt(1) == 1, parsed(SiteInRound.parser(), row.getBytes(2))),
                        federation,
                        number.getAsLong());
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

    private static <T extends Message> T parsed(Parser<T> parser, byte[] body) {
        try {
            return parser.parseFrom(body);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("A row of the graph does not parse; run 'weft-aggregator rebuild'", e);
        }
    }
}
