package dev.weft.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.aggregator.db.FederationStore;
import dev.weft.aggregator.db.SequenceStore;
import dev.weft.aggregator.graph.GraphDump;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.Answer;
import dev.weft.proto.v1.LineageQuestion;
import dev.weft.proto.v1.Question;
import dev.weft.proto.v1.RoundsQuestion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One program serves one federation, but the tables' keys lead with it: two in one database, whose members, training
 * lines and statements have the same names, know nothing of each other.
 */
class TwoFederationsTest {
    private static final long SECOND = 2;

    @TempDir
    Path directory;

    @Test
    void rowsOfTwoFederations_doNotMix() throws Exception {
        Digest alone = alone();
        Path folder = Files.createDirectory(directory.resolve("shared"));
        Path other = Files.createDirectory(directory.resolve("other anchor"));
        try (TestLog first = new TestLog(folder);
                TestLog second = first.beside(other, SECOND)) {
            Training here = new Training(first, 3);
            Training there = new Training(second, 1);
            for (int round = 0; round < 2; round++) {
                here.round(); // in turns, so that rows of both lie between each other
                there.round();
            }

            assertThat(GraphDump.of(first.writer(), TestLog.FEDERATION))
                    .as("as if it were alone")
                    .isEqualTo(alone);
            assertThat(GraphDump.of(first.writer(), SECOND)).isNotEqualTo(alone);
            assertThat(first.store().size()).isNotEqualTo(second.store().size());
            assertThat(sites(first)).containsExactly(3, 3);
            assertThat(sites(second)).containsExactly(1, 1);
            assertThat(members(second)).contains("site-000").doesNotContain("site-001", "site-002");
        }
    }

    @Test
    void rebuildOfOne_leavesTheOtherAlone() throws Exception {
        Path other = Files.createDirectory(directory.resolve("other anchor"));
        try (TestLog first = new TestLog(directory);
                TestLog second = first.beside(other, SECOND)) {
            new Training(first, 2).round();
            new Training(second, 2).round();
            Digest untouched = GraphDump.of(first.writer(), SECOND);
            Digest before = GraphDump.of(first.writer(), TestLog.FEDERATION);

            first.graph().clear(first.writer());

            assertThat(GraphDump.of(first.writer(), TestLog.FEDERATION)).isNotEqualTo(before);
            assertThat(GraphDump.of(first.writer(), SECOND)).isEqualTo(untouched);
            first.writer().rollback();
        }
    }

    @Test
    void sameAuthorAndSeq_areTwoPlaces() throws Exception {
        Path other = Files.createDirectory(directory.resolve("other anchor"));
        try (TestLog first = new TestLog(directory);
                TestLog second = first.beside(other, SECOND);
                SequenceStore mine = new SequenceStore(first.writer(), TestLog.FEDERATION);
                SequenceStore theirs = new SequenceStore(first.writer(), SECOND)) {
            mine.add("hospital-a", 0, 0, 17);
            mine.flush();
            theirs.add("hospital-a", 0, 0, 23);
            theirs.flush();

            assertThat(mine.find("hospital-a", 0, 0)).hasValue(17);
            assertThat(theirs.find("hospital-a", 0, 0)).hasValue(23);
            assertThat(mine.find("hospital-a", 0, 1)).isEmpty();
            assertThat(FederationStore.first(second.writer()).orElseThrow().id())
                    .isEqualTo(first.federation());
        }
    }

    private Digest alone() throws Exception {
        try (TestLog log = new TestLog(Files.createDirectory(directory.resolve("alone")))) {
            Training training = new Training(log, 3);
            training.round();
            training.round();
            return GraphDump.of(log.writer(), TestLog.FEDERATION);
        }
    }

    private static List<Integer> sites(TestLog log) throws VerificationException, SQLException {
        return ask(
                        log,
                        Question.newBuilder()
                                .setRounds(RoundsQuestion.newBuilder().setTrainingLine("line"))
                                .build())
                .stream()
                .filter(Answer::hasRound)
                .map(answer -> answer.getRound().getSitesCount())
                .toList();
    }

    private static List<String> members(TestLog log) throws VerificationException, SQLException {
        List<Answer> answers = ask(
                log,
                Question.newBuilder()
                        .setLineage(LineageQuestion.newBuilder().setOf("line/2"))
                        .build());
        return answers.get(answers.size() - 1).getEnd().getMembersList();
    }

    private static List<Answer> ask(TestLog log, Question question) throws VerificationException, SQLException {
        List<Answer> answers = new ArrayList<>();
        log.asker().ask(question, answers::add);
        return answers;
    }
}
