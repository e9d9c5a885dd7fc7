package dev.weft.aggregator.ask;

import static dev.weft.aggregator.Training.COORDINATOR;
import static dev.weft.aggregator.Training.dataset;
import static dev.weft.aggregator.Training.model;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.TestLog;
import dev.weft.aggregator.Training;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.ConsistencyProof;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.v1.Answer;
import dev.weft.proto.v1.AnswerEnd;
import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.Edge;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.ImpactQuestion;
import dev.weft.proto.v1.ImpactSummary;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.LineageQuestion;
import dev.weft.proto.v1.NotProven;
import dev.weft.proto.v1.ProvenEntry;
import dev.weft.proto.v1.Publication;
import dev.weft.proto.v1.Question;
import dev.weft.proto.v1.Revocation;
import dev.weft.proto.v1.RevocationReason;
import dev.weft.proto.v1.Revoke;
import dev.weft.proto.v1.RoundQuestion;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.RoundsQuestion;
import dev.weft.proto.v1.SearchQuestion;
import dev.weft.proto.v1.SiteState;
import dev.weft.proto.v1.Vertex;
import dev.weft.proto.v1.VertexKind;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Questions to a log of three rounds; the third site joins before the second. */
class AskerTest {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    @TempDir
    Path directory;

    private TestLog log;
    private Training training;

    @BeforeEach
    void train() throws Exception {
        log = new TestLog(directory);
        training = new Training(log, 2);
        training.round();
        training.join();
        training.round();
        training.round();
    }

    @AfterEach
    void close() throws Exception {
        log.close();
    }

    @Test
    void lineage_namesEverySite_andTheirDatasets() throws Exception {
        List<Answer> answer = ask(lineage("line/3"));
        assertThat(end(answer).getMembersList()).containsExactly(COORDINATOR, "site-000", "site-001", "site-002");
        for (String site : training.sites()) {
            assertThat(vertices(answer)).anySatisfy(vertex -> {
                assertThat(vertex.getKey()).isEqualTo(dataset(site).getCommitment());
                assertThat(vertex.getAuthor()).isEqualTo(site);
            });
        }
        assertThat(end(answer).getVertices()).isEqualTo(vertices(answer).size());
        assertThat(end(answer).getEdges()).isEqualTo(edges(answer).size());
        assertThat(answer.get(0).getHead().getProjected())
                .isEqualTo(log.statements().size());
        assertThat(end(answer).getNotProvenList())
                .extracting(NotProven::getCode)
                .containsExactly("completeness", "derivation", "truth-of-statements", "unlogged-work", "finality");
    }

    @Test
    void lineageOfTheFirstModel_knowsNothingOfWhatCameLater() throws Exception {
        List<Answer> byDigest = ask(lineage(model("line1").getDigest()));
        assertThat(end(byDigest).getMembersList()).containsExactly(COORDINATOR, "site-000", "site-001");
        assertThat(vertices(ask(lineage("line/1")))).isEqualTo(vertices(byDigest));
    }

    @Test
    void impact_startsAtTheRoundTheDatasetEntered() throws Exception {
        ImpactSummary late = end(ask(impact(hex(dataset("site-002"))))).getImpact(0);
        assertThat(late.getFirstRound()).isEqualTo(2);
        assertThat(late.getModelsList())
                .containsExactly(model("line2").getDigest(), model("line3").getDigest());
        assertThat(late.getRoundsList())
                .containsExactly(
                        training.rounds().get(1).toByteString(),
                        training.rounds().get(2).toByteString());
        ImpactSummary first = end(ask(impact(hex(dataset("site-000"))))).getImpact(0);
        assertThat(first.getFirstRound()).isEqualTo(1);
        assertThat(first.getModelsCount()).isEqualTo(3);
    }

    @Test
    void foreignClaim_isToldOnRequestAlone() throws Exception {
        String of = model("line3").getDigest();
        List<Answer> before = ask(impact(of));
        log.say(
                "site-000",
                Publication.newBuilder()
                        .setRound(training.rounds().get(2).toByteString())
                        .setModel(model("line3"))
                        .setVersion("mine")
                        .build());
        log.publish();
        assertThat(vertices(ask(impact(of)))).isEqualTo(vertices(before));
        assertThat(vertices(ask(lineage(of)))).noneMatch(vertex -> vertex.getKind() == VertexKind.PUBLICATION_VERTEX);
        assertThat(vertices(ask(search("mine")))).isEmpty();
        for (Question.Builder question : List.of(impact(of), search("mine"))) {
            assertThat(vertices(ask(question.setAssertions(true)))).anySatisfy(vertex -> {
                assertThat(vertex.getKind()).isEqualTo(VertexKind.PUBLICATION_VERTEX);
                assertThat(vertex.getFlagsList()).containsExactly(Flag.ASSERTION);
            });
        }
    }

    @Test
    void firstToNameADigest_isNotNamedForIt() throws Exception {
        log.say(
                "site-000",
                Publication.newBuilder()
                        .setRound(training.rounds().get(0).toByteString())
                        .setModel(model("line4"))
                        .setVersion("soon")
                        .build());
        log.publish();
        training.leave("site-000");
        training.round();
        List<Answer> answer = ask(lineage(model("line4").getDigest()).setDepth(2));
        assertThat(end(answer).getMembersList()).containsExactly(COORDINATOR, "site-001", "site-002");
    }

    @Test
    void pages_tellTheSameAsOnePage() throws Exception {
        for (Question.Builder question : List.of(
                lineage("line/3"),
                impact(hex(dataset("site-000"))),
                search("line"),
                rounds(),
                lineage("line/3").addKinds(VertexKind.DATASET_VERTEX))) {
            List<Answer> whole = ask(question.clone());
            List<Answer> paged = new ArrayList<>();
            String token = "";
            int pages = 0;
            do {
                List<Answer> page = ask(question.clone().setPageSize(2).setPageToken(token));
                assertThat(vertices(page).size() + statuses(page).size()).isLessThanOrEqualTo(2);
                paged.addAll(page);
                token = end(page).getNextPageToken();
                assertThat(end(page).getNotProvenList().stream()
                                .anyMatch(not -> not.getCode().equals("page")))
                        .isEqualTo(!token.isEmpty());
                pages++;
            } while (!token.isEmpty());
            assertThat(pages).isGreaterThan(1);
            assertThat(vertices(paged)).isEqualTo(vertices(whole));
            assertThat(edges(paged)).isEqualTo(edges(whole));
            assertThat(statuses(paged)).isEqualTo(statuses(whole));
        }
    }

    @Test
    void kinds_limitWhatIsTold_notWhatIsWalked() throws Exception {
        List<Answer> answer = ask(lineage("line/3").addKinds(VertexKind.ROUND_VERTEX));
        assertThat(vertices(answer)).extracting(Vertex::getLabel).containsExactly("line/1", "line/2", "line/3");
        assertThat(edges(answer))
                .allSatisfy(edge ->
                        assertThat(vertices(answer)).extracting(Vertex::getId).contains(edge.getFrom(), edge.getTo()));
    }

    @Test
    void depth_endsTheWalk_andSaysSo() throws Exception {
        List<Answer> answer = ask(lineage("line/3").setDepth(1));
        assertThat(vertices(answer)).noneMatch(vertex -> vertex.getKind() == VertexKind.DATASET_VERTEX);
        assertThat(vertices(answer)).anyMatch(vertex -> vertex.getKind() == VertexKind.ROUND_VERTEX);
        assertThat(end(answer).getNotProvenList())
                .extracting(NotProven::getCode)
                .contains("depth-limit");
        assertThat(end(ask(lineage("line/3").setDepth(100))).getNotProvenList())
                .extracting(NotProven::getCode)
                .doesNotContain("depth-limit");
    }

    @Test
    void questionsThatCannotBeAnswered_haveTheirReason() throws Exception {
        refused(Reason.NOT_FOUND, lineage(model("never").getDigest()));
        refused(Reason.NOT_FOUND, lineage("line/9"));
        refused(Reason.NOT_FOUND, impact("0123456789abcdef"));
        refused(Reason.MALFORMED, lineage("what is this?"));
        refused(Reason.MALFORMED, lineage("0123456"));
        refused(Reason.MISSING_FIELD, lineage(" "));
        refused(Reason.MISSING_FIELD, Question.newBuilder());
        refused(Reason.LIMIT_EXCEEDED, lineage("line/1").setPageSize(10_001));
        refused(Reason.LIMIT_EXCEEDED, lineage("line/1").setDepth(-1));
        refused(Reason.AT_UNAVAILABLE, lineage("line/1").setAt(3));
        refused(Reason.UNKNOWN_ROUND, round(hex(dataset("site-000"))));
        refused(Reason.BAD_CONSISTENCY_PROOF, lineage("line/1").setSeenSize(1_000_000));
        assertThat(ask(lineage("line/1").setAt(log.statements().size()).setPageSize(10_000)))
                .isNotEmpty();
    }

    @Test
    void ambiguousPrefix_namesItsCandidates_andOneMoreDigitDecides() throws Exception {
        for (String key : List.of("aaaaaaaaa1", "aaaaaaaaa2")) {
            log.say(
                    "site-000",
                    Revocation.newBuilder()
                            .setArtifact(ArtifactRef.newBuilder()
                                    .setKind(ArtifactKind.DATASET)
                                    .setCommitment(
                                            ByteString.copyFrom(HexFormat.of().parseHex(key + "0".repeat(54)))))
                            .setReason(RevocationReason.OTHER)
                            .build());
        }
        log.publish();
        assertThatThrownBy(() -> ask(impact("aaaaaaaaa")))
                .isInstanceOfSatisfying(
                        VerificationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DUPLICATE))
                .hasMessageContaining("aaaaaaaaa1")
                .hasMessageContaining("aaaaaaaaa2");
        assertThat(vertices(ask(impact("aaaaaaaaa2"))))
                .anySatisfy(vertex -> assertThat(vertex.getFlagsList()).containsExactly(Flag.REVOKED));
    }

    @Test
    void pageToken_servesItsOwnQuestionAlone() throws Exception {
        String token = end(ask(lineage("line/3").setPageSize(2))).getNextPageToken();
        refused(Reason.BAD_PAGE_TOKEN, lineage("line/2").setPageToken(token));
        refused(Reason.BAD_PAGE_TOKEN, impact("line/3").setPageToken(token));
        refused(Reason.BAD_PAGE_TOKEN, lineage("line/3").setPageToken("?"));
        refused(Reason.BAD_PAGE_TOKEN, lineage("line/3").setPageToken("AAAA"));
    }

    @Test
    void proofs_verifyAgainstTheCheckpoint_andBreakWithOneBit() throws Exception {
        List<Answer> answer = ask(lineage("line/3").setProof(true));
        TreeHead head = Checkpoint.open(answer.get(0).getHead().getCheckpoint(), log.verifier())
                .head();
        TreeSet<Long> told = new TreeSet<>();
        for (Answer part : answer) {
            if (part.hasEntry()) {
                ProvenEntry entry = part.getEntry();
                told.add(entry.getIndex());
                verify(entry, head);
                byte[] flipped = entry.getEnvelope().toByteArray();
                flipped[flipped.length / 2] ^= 1;
                ProvenEntry forged = entry.toBuilder()
                        .setEnvelope(ByteString.copyFrom(flipped))
                        .build();
                assertThatThrownBy(() -> verify(forged, head)).isInstanceOf(VerificationException.class);
            }
        }
        assertThat(vertices(answer)).allSatisfy(vertex -> assertThat(told).containsAll(vertex.getEntriesList()));
        assertThat(edges(answer)).allSatisfy(edge -> assertThat(told).contains(edge.getEntry()));
    }

    private static void verify(ProvenEntry entry, TreeHead head) throws VerificationException {
        InclusionProof.parse(entry.getIndex(), head.size(), entry.getInclusionList())
                .verify(MerkleMath.leafHash(entry.getEnvelope()), head);
    }

    @Test
    void consistency_leadsFromTheCheckpointTheAskerHolds() throws Exception {
        TreeHead old = Checkpoint.open(ask(rounds()).get(0).getHead().getCheckpoint(), log.verifier())
                .head();
        training.round();
        var head = ask(rounds().setSeenSize(old.size())).get(0).getHead();
        TreeHead now = Checkpoint.open(head.getCheckpoint(), log.verifier()).head();
        ConsistencyProof.parse(old.size(), now.size(), head.getConsistencyList())
                .verify(old, now);
        assertThat(ask(rounds().setSeenSize(now.size())).get(0).getHead().getConsistencyList())
                .isEmpty();
    }

    @Test
    void round_namesWhoWasExpectedAndWhatCame() throws Exception {
        RoundStatus status = statuses(ask(round("line/2"))).get(0);
        assertThat(status.getComplete()).isTrue();
        assertThat(status.getSitesList())
                .hasSize(3)
                .allSatisfy(site -> assertThat(site.getState()).isEqualTo(SiteState.SITE_ACCEPTED));
        assertThat(statuses(ask(round(training.rounds().get(1).hex())))).containsExactly(status);
        assertThat(statuses(ask(rounds()))).extracting(RoundStatus::getNumber).containsExactly(1, 2, 3);
    }

    @Test
    void nextPage_isOfTheGraphAsItIsThen_whateverWasAskedBefore() throws Exception {
        Question.Builder question = impact(hex(dataset("site-000"))).setPageSize(5);
        String token = end(ask(question)).getNextPageToken();
        List<Answer> second = ask(question.setPageToken(token));
        assertThat(second).isEqualTo(fresh(question));

        training.round();

        assertThat(ask(question)).isNotEqualTo(second).isEqualTo(fresh(question));
        assertThat(end(ask(question)).getImpact(0).getRoundsCount()).isEqualTo(4);
    }

    private List<Answer> fresh(Question.Builder question) throws Exception {
        List<Answer> answers = new ArrayList<>();
        log.newAsker().ask(question.build(), answers::add);
        return answers;
    }

    @Test
    void revokedMembersEntries_areSuspectFromItsIndex() throws Exception {
        log.say(
                "root",
                Key.newBuilder()
                        .setRevoke(Revoke.newBuilder().setMember("site-001").setSuspectFrom(1))
                        .build());
        log.publish();
        for (Vertex vertex : vertices(ask(lineage("line/3")))) {
            assertThat(vertex.getFlagsList().contains(Flag.SUSPECT))
                    .as(vertex.getLabel())
                    .isEqualTo(vertex.getAuthor().equals("site-001") && vertex.getKind() != VertexKind.CONTENT_VERTEX);
        }
    }

    @Test
    void hundredSitesInAHundredRounds_areAnsweredWhole(TestReporter report, @TempDir Path large) throws Exception {
        try (TestLog big = new TestLog(large)) {
            Training many = new Training(big, 100);
            long start = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < 100; i++) {
                many.round();
            }
            report.publishEntry("said, appended and projected twice, ms of processor time", millis(start));
            for (Question.Builder question : List.of(lineage("line/100"), impact(hex(dataset("site-000"))))) {
                start = THREADS.getCurrentThreadCpuTime();
                List<Vertex> all = new ArrayList<>();
                AnswerEnd end = AnswerEnd.getDefaultInstance();
                int pages = 0;
                do {
                    List<Answer> page = ask(big, question.setPageSize(10_000).setPageToken(end.getNextPageToken()));
                    all.addAll(vertices(page));
                    end = end(page);
                    pages++;
                } while (!end.getNextPageToken().isEmpty());
                report.publishEntry(
                        question.getKindCase() + " of " + all.size() + " vertices on " + pages
                                + " pages, ms of processor time",
                        millis(start));
                if (question.hasImpact()) {
                    assertThat(end.getImpact(0).getModelsCount()).isEqualTo(100);
                } else {
                    assertThat(all.stream().filter(vertex -> vertex.getKind() == VertexKind.CONTRIBUTION_VERTEX))
                            .hasSize(10_000);
                }
            }
        }
    }

    private static String millis(long start) {
        return Long.toString((THREADS.getCurrentThreadCpuTime() - start) / 1_000_000);
    }

    private void refused(Reason reason, Question.Builder question) {
        assertThatThrownBy(() -> ask(question))
                .isInstanceOfSatisfying(
                        VerificationException.class,
                        e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    }

    private List<Answer> ask(Question.Builder question) throws Exception {
        return ask(log, question);
    }

    private static List<Answer> ask(TestLog log, Question.Builder question) throws Exception {
        List<Answer> parts = new ArrayList<>();
        log.asker().ask(question.build(), parts::add);
        assertThat(parts.get(0).hasHead()).isTrue();
        assertThat(parts.get(parts.size() - 1).hasEnd()).isTrue();
        return parts;
    }

    private static Question.Builder lineage(String of) {
        return Question.newBuilder().setLineage(LineageQuestion.newBuilder().setOf(of));
    }

    private static Question.Builder impact(String of) {
        return Question.newBuilder().setImpact(ImpactQuestion.newBuilder().setOf(of));
    }

    private static Question.Builder search(String text) {
        return Question.newBuilder().setSearch(SearchQuestion.newBuilder().setText(text));
    }

    private static Question.Builder round(String name) {
        return Question.newBuilder().setRound(RoundQuestion.newBuilder().setRound(name));
    }

    private static Question.Builder rounds() {
        return Question.newBuilder().setRounds(RoundsQuestion.getDefaultInstance());
    }

    private static String hex(ArtifactRef artifact) {
        return Digest.of(artifact.getCommitment()).hex();
    }

    private static List<Vertex> vertices(List<Answer> answer) {
        return answer.stream().filter(Answer::hasVertex).map(Answer::getVertex).toList();
    }

    private static List<Edge> edges(List<Answer> answer) {
        return answer.stream().filter(Answer::hasEdge).map(Answer::getEdge).toList();
    }

    private static List<RoundStatus> statuses(List<Answer> answer) {
        return answer.stream().filter(Answer::hasRound).map(Answer::getRound).toList();
    }

    private static AnswerEnd end(List<Answer> answer) {
        return answer.get(answer.size() - 1).getEnd();
    }
}
