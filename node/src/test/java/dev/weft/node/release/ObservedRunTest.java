package dev.weft.node.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.node.Site;
import dev.weft.node.record.Direction;
import dev.weft.node.record.Link;
import dev.weft.node.record.StoredRecord;
import dev.weft.proto.Reason;
import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.CommittedField;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Run;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run whose tool tells bit by bit what it takes and makes, of things that nobody digested. */
class ObservedRunTest {

    private static final String POLICY = """
            field dataset.digest public
            field metric.auc open
            """;

    @TempDir
    Path directory;

    private static void observe(Site site) {
        site.record("{'kind': 'dataset', 'externalId': 'ward', 'name': 'ward 7', 'undigested': true}");
        site.record("{'kind': 'dataset', 'externalId': 'weak', 'name': 'ward 8', 'weakDigest': 'mlflow:1a2b3c4d'}");
        site.record("{'kind': 'code', 'externalId': 'job', 'name': 'nightly', 'undigested': true}");
        site.record("{'kind': 'model', 'externalId': 'made', 'name': 'made', 'undigested': true}");
        site.record("{'kind': 'run', 'externalId': 'r', 'step': 'train'}");
        site.record("""
                {'kind': 'observation', 'externalId': '1', 'run': 'r', 'state': 'start', 'at': '2026-11-21T08:00:00Z',
                 'inputs': ['ward'], 'code': ['job'], 'parameters': {'lr': 0.1, 'depth': 3}}
                """);
        site.record("""
                {'kind': 'observation', 'externalId': '2', 'run': 'r', 'state': 'running', 'inputs': ['ward', 'weak'],
                 'outputs': ['made'], 'parameters': {'lr': 0.2}, 'metrics': {'auc': 0.71}}
                """);
        site.record(
                "{'kind': 'observation', 'externalId': '3', 'run': 'r', 'state': 'fail', 'metrics': {'auc': 0.93}}");
    }

    private static Contribution contribution(Site site) throws Exception {
        site.record(
                "{'kind': 'round', 'event': 'contribution', 'round': '%s', 'run': 'r', 'inputModel': '%s', 'wireDigest': '%s'}"
                        .formatted(Site.ROUND, TrainingAtASite.GLOBAL, TrainingAtASite.SENT));
        return (Contribution)
                site.sent().get(0).envelope().statement().predicate().orElseThrow();
    }

    private static ArtifactRef byName(Site site, ArtifactKind kind, String id) throws Exception {
        StoredRecord record = site.records.resolve(id).orElseThrow();
        return ArtifactRef.newBuilder()
                .setKind(kind)
                .setCommitment(
                        record.body().field("name").orElseThrow().commitment().toByteString())
                .build();
    }

    @Test
    void contribution_namesWhatWasObservedOfItsRun() throws Exception {
        try (Site site = Site.of(directory, Role.SITE, POLICY)) {
            observe(site);
            Contribution said = contribution(site);
            Run run = said.getRuns(0);
            assertThat(run.getInputsList())
                    .as("each once, and by its name: a weak digest is none, even where digests are public")
                    .containsExactly(
                            byName(site, ArtifactKind.DATASET, "ward"), byName(site, ArtifactKind.DATASET, "weak"));
            assertThat(run.getOutputsList()).containsExactly(byName(site, ArtifactKind.MODEL, "made"));
            assertThat(run.getCodeList()).containsExactly(byName(site, ArtifactKind.CODE, "job"));
            assertThat(run.getParametersList())
                    .extracting(CommittedField::getName)
                    .containsExactly("parameter.depth", "parameter.lr");
            assertThat(site.sent().get(0).openings())
                    .singleElement()
                    .satisfies(open -> assertThat(dev.weft.proto.digest.FieldValue.parse(open.getValue())
                                    .display())
                            .as("the newest")
                            .isEqualTo("0.93"));
            assertThat(site.sent().get(0).payload()).doesNotContain("1a2b3c4d", "ward", "nightly");
        }
    }

    @Test
    void edges_areTheRunsOwnAndKnowWhoSaidThem() throws Exception {
        try (Site site = Site.of(directory)) {
            observe(site);
            long run = site.records.resolve("r").orElseThrow().id();
            StoredRecord made = site.records.resolve("made").orElseThrow();
            assertThat(site.records.lineage(made, Direction.UP, 1).links())
                    .extracting(Link::up, link -> link.said() > run)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple(run, true));
            assertThat(site.records.lineage(made, Direction.UP, 0).records())
                    .extracting(record -> record.externalId().orElse(""))
                    .contains("ward", "weak", "job");
        }
    }

    @Test
    void artifactWithoutDigest_hasToSaySo() throws Exception {
        try (Site site = Site.of(directory)) {
            assertThat(site.refusal("{'kind': 'dataset', 'name': 'x'}")).isEqualTo(Reason.MISSING_FIELD);
            assertThat(site.refusal("{'kind': 'dataset', 'name': 'x', 'undigested': true, 'weakDigest': 'a:1'}"))
                    .isEqualTo(Reason.BAD_VALUE);
            assertThat(site.refusal("{'kind': 'observation', 'state': 'x', 'run': 'nobody'}"))
                    .isEqualTo(Reason.UNKNOWN_REFERENCE);
        }
    }
}
