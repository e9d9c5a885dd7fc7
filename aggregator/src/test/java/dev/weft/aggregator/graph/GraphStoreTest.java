package dev.weft.aggregator.graph;

import static dev.weft.aggregator.Training.COORDINATOR;
import static dev.weft.aggregator.Training.model;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.aggregator.TestLog;
import dev.weft.aggregator.Training;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.graph.MemoryGraph;
import dev.weft.proto.graph.Participation;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.Alias;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.Close;
import dev.weft.proto.v1.ClosePart;
import dev.weft.proto.v1.Edge;
import dev.weft.proto.v1.Evaluation;
import dev.weft.proto.v1.Open;
import dev.weft.proto.v1.Progress;
import dev.weft.proto.v1.ProgressState;
import dev.weft.proto.v1.Publication;
import dev.weft.proto.v1.Received;
import dev.weft.proto.v1.Register;
import dev.weft.proto.v1.Revocation;
import dev.weft.proto.v1.RevocationReason;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Round;
import dev.weft.proto.v1.TrainingProtocol;
import dev.weft.proto.v1.Verdict;
import dev.weft.proto.v1.Vertex;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The graph in the database against the graph in memory, over a real file. */
class GraphStoreTest {
    @TempDir
    Path directory;

    private TestLog log;

    @BeforeEach
    void open() throws Exception {
        log = new TestLog(directory);
    }

    @AfterEach
    void close() throws Exception {
        log.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anySequenceOfStatements_givesTheGraphThatMemoryHas(long seed) throws Exception {
        Talk talk = new Talk(seed);
        for (int batch = 0; batch < 12; batch++) {
            for (int i = 0; i < 20; i++) {
                talk.next();
            }
            log.publish();
            if (batch % 3 == 0) {
                // What memory holds must not matter.
                log.graph().rolledBack();
            }
        }
        assertSame(talk.rounds);
    }

    @Test
    void rebuild_givesTheSameDump() throws Exception {
        Training training = new Training(log, 3);
        training.round();
        training.round();
        Digest before = GraphDump.of(log.writer(), TestLog.FEDERATION);
        GraphStore again = new GraphStore(TestLog.FEDERATION);
        again.clear(log.writer());
        assertThat(GraphDump.of(log.writer(), TestLog.FEDERATION)).isNotEqualTo(before);
        for (int i = 0; i < log.statements().size(); i++) {
            again.project(log.writer(), i, log.statements().get(i));
        }
        assertThat(GraphDump.of(log.writer(), TestLog.FEDERATION)).isEqualTo(before);
        log.writer().rollback();
    }

    @Test
    void rolledBackTransaction_leavesNoTrace_andTheSameEntriesGoInAgain() throws Exception {
        Training training = new Training(log, 2);
        training.round();
        Digest before = GraphDump.of(log.writer(), TestLog.FEDERATION);
        // A round that was projected, and whose transaction was lost.
        Statement statement = lost("line", 9);
        log.graph().project(log.writer(), log.statements().size(), statement);
        log.writer().rollback();
        log.graph().rolledBack();
        assertThat(GraphDump.of(log.writer(), TestLog.FEDERATION)).isEqualTo(before);

        training.round();
        assertSame(training.rounds());
    }

    private Statement lost(String line, int number) throws Exception {
        Round round = Round.newBuilder()
                .setRegister(Register.newBuilder()
                        .setTrainingLine(line)
                        .setNumber(number)
                        .setProtocol(TrainingProtocol.newBuilder().setAggregation("fedavg"))
                        .setInputModel(model("m9")))
                .build();
        Statement known = log.statements().get(0);
        return new Statement(
                Digest.of(TestLog.hash("lost")),
                "https://weft.dev/round/v1",
                known.header().toBuilder().setAuthor(COORDINATOR).build(),
                Optional.of(round));
    }

    private void assertSame(List<Digest> rounds) throws SQLException {
        MemoryGraph memory = log.memory();
        try (GraphQuery query = new GraphQuery(log.writer(), TestLog.FEDERATION)) {
            List<Edge> edges = new ArrayList<>();
            for (Vertex vertex : memory.vertices()) {
                assertThat(query.vertex(vertex.getId())).isEqualTo(vertex);
                edges.addAll(query.edgesFrom(vertex.getId()));
            }
            Comparator<Edge> order = Comparator.comparing(Edge::getFrom)
                    .thenComparing(Edge::getTo)
                    .thenComparing(Edge::getKind);
            assertThat(edges.stream().sorted(order))
                    .isEqualTo(memory.edges().stream().sorted(order).toList());
            for (Digest round : rounds) {
                assertThat(query.round(round)).isEqualTo(memory.round(round));
                assertThat(query.sites(round).stream().map(GraphQuery.Site::site))
                        .isEqualTo(memory.sites(round).stream()
                                .map(Participation::site)
                                .toList());
            }
        }
        log.writer().rollback();
    }

    /** Says well-formed things at random, wise and unwise ones. */
    private final class Talk {
        private final Random random;
        private final List<String> authors = List.of(COORDINATOR, "other", "anna", "bert", "cleo", "audit");
        private final List<Digest> rounds = new ArrayList<>();
        private final List<Digest> parts = new ArrayList<>();

        Talk(long seed) throws Exception {
            random = new Random(seed);
            log.join(COORDINATOR, Role.COORDINATOR);
            log.join("other", Role.COORDINATOR);
            log.join("anna", Role.SITE);
            log.join("bert", Role.SITE);
            log.join("cleo", Role.SITE);
            log.join("audit", Role.AUDITOR);
            log.publish();
        }

        void next() throws Exception {
            String author = random.nextInt(3) == 0 ? COORDINATOR : any(authors);
            Message body = switch (random.nextInt(12)) {
                case 0 -> register();
                case 1 ->
                    Round.newBuilder()
                            .setOpen(Open.newBuilder()
                                    .setRound(round().toByteString())
                                    .addAllExpected(new TreeSet<>(List.of(any(authors), any(authors)))))
                            .build();
                case 2 -> part();
                case 3 -> close();
                case 4 ->
                    Progress.newBuilder()
                            .setRound(round().toByteString())
                            .setState(ProgressState.forNumber(1 + random.nextInt(3)))
                            .build();
                case 5 ->
                    Publication.newBuilder()
                            .setRound(round().toByteString())
                            .setModel(someModel())
                            .setVersion("v" + random.nextInt(3))
                            .build();
                case 6 ->
                    Revocation.newBuilder()
                            .setArtifact(random.nextBoolean() ? someModel() : Training.dataset(any(authors)))
                            .setReason(RevocationReason.DATA_ERROR)
                            .build();
                case 7 ->
                    Alias.newBuilder()
                            .setOld(Training.dataset(author))
                            .setNew(Training.dataset(author + random.nextInt(3)))
                            .build();
                case 8 ->
                    Evaluation.newBuilder()
                            .setModel(someModel())
                            .setRound(random.nextBoolean() ? round().toByteString() : ByteString.EMPTY)
                            .build();
                // Sometimes with the runs of somebody else.
                default ->
                    Training.contribution(
                            random.nextInt(5) == 0 ? any(authors) : author, 1 + random.nextInt(3), round());
            };
            Digest id = log.say(author, body);
            if (body instanceof Round said && said.hasRegister()) {
                rounds.add(id);
            } else if (body instanceof Round said && said.hasClosePart()) {
                parts.add(id);
            }
        }

        private Round register() {
            Register.Builder register = Register.newBuilder()
                    .setTrainingLine(any(List.of("line", "other")))
                    .setNumber(1 + random.nextInt(6))
                    .setProtocol(TrainingProtocol.newBuilder().setAggregation("fedavg"))
                    .setInputModel(someModel());
            if (random.nextBoolean()) {
                register.setPredecessor(round().toByteString());
            }
            return Round.newBuilder().setRegister(register).build();
        }

        private Round part() {
            ClosePart.Builder part = ClosePart.newBuilder().setRound(round().toByteString());
            for (String member : new TreeSet<>(List.of(any(authors), any(authors)))) {
                Verdict verdict = Verdict.forNumber(1 + random.nextInt(3));
                part.addReceived(Received.newBuilder()
                        .setMember(member)
                        .setArrival(part.getReceivedCount())
                        .setWireDigest(Training.wire(member, 1 + random.nextInt(3)))
                        .setVerdict(verdict)
                        .setReason(verdict == Verdict.ACCEPTED ? "" : "norm"));
            }
            return Round.newBuilder().setClosePart(part).build();
        }

        private Round close() {
            Close.Builder close =
                    Close.newBuilder().setRound(round().toByteString()).setOutputModel(someModel());
            if (!parts.isEmpty() && random.nextInt(4) > 0) {
                close.addParts(any(parts).toByteString());
            }
            return Round.newBuilder().setClose(close).build();
        }

        private Digest round() {
            return rounds.isEmpty() ? Digest.of(TestLog.hash("no round")) : any(rounds);
        }

        private ArtifactRef someModel() {
            ArtifactRef model = model("line" + random.nextInt(4));
            return random.nextInt(4) == 0
                    ? model.toBuilder().setFrom(round().toByteString()).build()
                    : model;
        }

        private <T> T any(List<T> all) {
            return all.get(random.nextInt(all.size()));
        }
    }
}
