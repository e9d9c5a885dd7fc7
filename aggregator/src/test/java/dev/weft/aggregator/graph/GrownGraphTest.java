package dev.weft.aggregator.graph;

import static dev.weft.aggregator.Training.COORDINATOR;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.weft.aggregator.TestLog;
import dev.weft.aggregator.Training;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.graph.Link;
import dev.weft.proto.graph.MemoryGraph;
import dev.weft.proto.graph.VertexRef;
import dev.weft.proto.graph.Walk;
import dev.weft.proto.statement.PredicateType;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.Edge;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Open;
import dev.weft.proto.v1.Publication;
import dev.weft.proto.v1.Register;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Round;
import dev.weft.proto.v1.Vertex;
import dev.weft.proto.v1.VertexKind;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A graph that has outgrown its tail: sorted runs of two levels, and ways back that were written by the segment. */
class GrownGraphTest {
    private static final Map<VertexRef, Long> IDS = new HashMap<>();
    private static final int SITES = 20;
    private static final int ROUNDS = 380;
    private static final long SECOND_LEVEL = 16 * 2_048;

    @TempDir
    static Path directory;

    private static TestLog log;
    private static final List<Statement> SAID = new ArrayList<>();
    private static final List<String> NAMES = new ArrayList<>();

    @BeforeAll
    static void grow() throws Exception {
        log = new TestLog(directory);
        log.join(COORDINATOR, Role.COORDINATOR);
        for (int site = 0; site < SITES; site++) {
            NAMES.add("site-%02d".formatted(site));
            log.join(NAMES.get(site), Role.SITE);
        }
        log.publish();
        for (int round = 1; round <= ROUNDS; round++) {
            round(round);
        }
        for (int i = 0; i < SAID.size(); i++) {
            log.graph().project(log.writer(), log.statements().size() + i, SAID.get(i));
            log.memory().add(SAID.get(i));
            if (i % 1_000 == 500) {
                log.writer().commit();
                // What memory holds must not matter.
                log.graph().rolledBack();
            }
        }
        log.writer().commit();
    }

    @AfterAll
    static void close() throws Exception {
        log.close();
    }

    private static void round(int number) {
        Digest round = say(
                COORDINATOR,
                Round.newBuilder()
                        .setRegister(Register.newBuilder()
                                .setTrainingLine(Training.LINE)
                                .setNumber(number)
                                .setInputModel(Training.model(Training.LINE + (number - 1))))
                        .build());
        say(
                COORDINATOR,
                Round.newBuilder()
                        .setOpen(
                                Open.newBuilder().setRound(round.toByteString()).addAllExpected(NAMES))
                        .build());
        NAMES.forEach(site -> say(site, Training.contribution(site, number, round)));
        say(
                COORDINATOR,
                Publication.newBuilder()
                        .setRound(round.toByteString())
                        .setModel(Training.model(Training.LINE + (number - 1)))
                        .setVersion("sha256:" + number)
                        .build());
    }

    private static Digest say(String author, Message body) {
        Digest id = Digest.of(TestLog.hash("said " + SAID.size()));
        Header header = Header.newBuilder().setAuthor(author).build();
        SAID.add(new Statement(id, PredicateType.of(body).uri(), header, Optional.of(body)));
        return id;
    }

    @Test
    void vertices_areFoundByTheirKeys_asMemoryHasThem() throws Exception {
        assertThat(log.memory().vertices().size()).isGreaterThan((int) SECOND_LEVEL + 3 * 2_048);
        try (GraphQuery query = query()) {
            for (Vertex vertex : some()) {
                assertThat(query.vertex(ref(vertex))).contains(vertex);
            }
            VertexRef none = new VertexRef(VertexKind.RUN_VERTEX, Digest.of(TestLog.hash("none")));
            assertThat(query.vertex(none)).isEmpty();
        }
    }

    @Test
    void edges_areToldFromBothEnds() throws Exception {
        MemoryGraph memory = log.memory();
        try (GraphQuery query = query()) {
            for (Vertex vertex : some()) {
                VertexRef ref = ref(vertex);
                long id = vertex.getId();
                assertThat(query.edgesFrom(id)).hasSameSizeAs(memory.linksFrom(ref));
                assertThat(query.walkedFrom(id)).containsExactlyInAnyOrderElementsOf(numbers(memory.successors(ref)));
                assertThat(query.walkedTo(id))
                        .containsExactlyInAnyOrderElementsOf(numbers(memory.linksTo(ref).stream()
                                .filter(link -> Walk.follows(link.kind(), link.flags()))
                                .map(Link::from)
                                .toList()));
            }
        }
    }

    @Test
    void contents_areLedToByAllTheirOccurrences() throws Exception {
        MemoryGraph memory = log.memory();
        try (GraphQuery query = query()) {
            for (Vertex vertex : some()) {
                if (vertex.getKind() == VertexKind.CONTENT_VERTEX) {
                    List<Edge> edges = query.edgesTo(vertex.getId());
                    assertThat(edges).allMatch(edge -> edge.getKind() == EdgeKind.SPECIALIZATION_OF);
                    assertThat(edges.stream().map(Edge::getFrom))
                            .containsExactlyInAnyOrderElementsOf(numbers(memory.linksTo(ref(vertex)).stream()
                                    .map(Link::from)
                                    .toList()));
                }
            }
        }
    }

    @Test
    void search_findsByTheBeginningOfKeyOrLabel_pageByPage() throws Exception {
        List<Vertex> all = log.memory().vertices();
        try (GraphQuery query = query()) {
            for (int i = 0; i < all.size(); i += 997) {
                String key = Digest.of(all.get(i).getKey()).hex();
                assertThat(query.withKeyPrefix(key.substring(0, 9), 0, 10)).contains(all.get(i));
                assertThat(query.withKeyPrefix(key, all.get(i).getId(), 10)).doesNotContain(all.get(i));
            }
            for (String prefix :
                    List.of("", "s", "sha256:", "sha256:1", "weft-model-v1:a", "weft-model-v1:", "line/3")) {
                List<Vertex> labelled = all.stream()
                        .filter(vertex ->
                                isLabelled(vertex) && vertex.getLabel().startsWith(prefix))
                        .toList();
                List<Vertex> found = new ArrayList<>();
                List<Vertex> page;
                do {
                    long after =
                            found.isEmpty() ? 0 : found.get(found.size() - 1).getId();
                    page = query.withLabelPrefix(prefix, after, 100);
                    found.addAll(page);
                } while (!page.isEmpty());
                assertThat(found).as(prefix).isEqualTo(labelled).isNotEmpty();
            }
        }
    }

    @Test
    void rebuild_inOtherSteps_givesTheSameDump() throws Exception {
        Digest before = GraphDump.of(log.writer(), TestLog.FEDERATION);
        GraphStore again = new GraphStore(TestLog.FEDERATION);
        again.clear(log.writer());
        List<Statement> whole = new ArrayList<>(log.statements());
        whole.addAll(SAID);
        for (int i = 0; i < whole.size(); i++) {
            again.project(log.writer(), i, whole.get(i));
        }
        assertThat(GraphDump.of(log.writer(), TestLog.FEDERATION)).isEqualTo(before);
        log.writer().rollback();
        assertThat(GraphDump.of(log.writer(), TestLog.FEDERATION)).isEqualTo(before);
    }

    /** From everywhere, and all of the newest. */
    private static List<Vertex> some() {
        List<Vertex> all = log.memory().vertices();
        return all.stream()
                .filter(vertex -> vertex.getId() % 7 == 0 || vertex.getId() > all.size() - 300)
                .toList();
    }

    private static boolean isLabelled(Vertex vertex) {
        return switch (vertex.getKind()) {
            case MEMBER_VERTEX, ROUND_VERTEX, PUBLICATION_VERTEX, CONTENT_VERTEX -> true;
            default -> false;
        };
    }

    private static GraphQuery query() throws SQLException {
        log.writer().rollback();
        return new GraphQuery(log.writer(), TestLog.FEDERATION);
    }

    private static List<Long> numbers(List<VertexRef> refs) {
        if (IDS.isEmpty()) {
            log.memory().vertices().forEach(vertex -> IDS.put(ref(vertex), vertex.getId()));
        }
        return refs.stream().map(ref -> Objects.requireNonNull(IDS.get(ref))).collect(Collectors.toList());
    }

    private static VertexRef ref(Vertex vertex) {
        return new VertexRef(vertex.getKind(), Digest.of(vertex.getKey()));
    }
}
