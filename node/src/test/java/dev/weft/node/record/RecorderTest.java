package dev.weft.node.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.weft.node.Site;
import dev.weft.node.capture.RecordJson;
import dev.weft.node.capture.RecordJson.Read;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.merkle.RecordTree;
import dev.weft.proto.merkle.TreeHead;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecorderTest {

    private static final String DATASET = """
            {'kind': 'dataset', 'source': 'dvc', 'externalId': 'wdbc@1', 'name': 'Wisconsin, ward 7', 'digest': '%s',
             'path': '/srv/data/wdbc.csv', 'rows': 190, 'labels': ['train', 'v1'], 'fields': {'ward': 7, 'dose': 1.5}}
            """.formatted(Site.digest("wdbc"));

    @TempDir
    Path directory;

    private Site site;

    @BeforeEach
    void open() throws Exception {
        site = Site.of(directory);
    }

    @AfterEach
    void close() throws Exception {
        site.close();
    }

    @Test
    void record_isReadBackFieldByField() throws Exception {
        Recorded recorded = site.record(DATASET);

        assertThat(recorded.id()).isZero();
        assertThat(recorded.duplicate()).isFalse();
        assertThat(recorded.release()).isEqualTo(Recorded.Released.NOTHING);
        StoredRecord stored = site.records.find(0).orElseThrow();
        assertThat(stored.kind()).isEqualTo(Kind.DATASET);
        assertThat(stored.source()).isEqualTo("dvc");
        assertThat(stored.externalId()).contains("wdbc@1");
        assertThat(stored.recordedAt()).isEqualTo(site.clock.instant());
        assertThat(stored.leaf()).isEqualTo(recorded.leaf());
        assertThat(stored.body().fields().stream().map(StoredField::name))
                .containsExactly(
                        "digest",
                        "externalId",
                        "field.dose",
                        "field.ward",
                        "kind",
                        "labels",
                        "name",
                        "path",
                        "rows",
                        "source");
        assertThat(stored.value("rows")).contains(FieldValue.of(190));
        assertThat(stored.value("field.dose")).contains(FieldValue.of(1.5));
        assertThat(stored.value("labels").orElseThrow().display()).isEqualTo("[train, v1]");
    }

    @Test
    void everyField_isProvedInTheSiteHead() throws Exception {
        site.record("{'kind': 'permit', 'name': 'first'}");
        site.record(DATASET);
        TreeHead head = Site.await(site.recorder.siteHead());
        StoredRecord stored = site.records.find(1).orElseThrow();
        RecordTree tree = stored.body().tree();

        assertThat(head.size()).isEqualTo(2);
        assertThat(tree.log2Fields()).as("ten fields and six decoys").isEqualTo(4);
        for (StoredField field : stored.body().fields()) {
            assertThatCode(() -> tree.prove(field.name()).verify(RecordTree.leafHash(field.commitment()), tree.head()))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void recordThatCannotBeTold_isRefusedAlone() throws Exception {
        List<LineageRecord> records = new ArrayList<>();
        for (Instant expires : List.of(Instant.EPOCH, Instant.MAX, Instant.EPOCH)) {
            Origin origin = new Origin("test", Optional.empty(), new TreeMap<>());
            records.add(
                    new LineageRecord.Permit(origin, "p", Optional.empty(), Optional.empty(), Optional.of(expires)));
        }
        List<CompletableFuture<Recorded>> answers = site.recorder.recordAll(records);

        assertThat(Site.await(answers.get(0)).id()).isZero();
        assertThat(answers.get(1))
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .withCauseInstanceOf(VerificationException.class)
                .withMessageContaining("year");
        assertThat(Site.await(answers.get(2)).id()).isEqualTo(1);
    }

    @Test
    void equalValues_haveSaltsOfTheirOwn() throws Exception {
        site.record("{'kind': 'permit', 'name': 'same'}");
        site.record("{'kind': 'permit', 'name': 'same'}");

        StoredField first =
                site.records.find(0).orElseThrow().body().field("name").orElseThrow();
        StoredField second =
                site.records.find(1).orElseThrow().body().field("name").orElseThrow();
        assertThat(first.commitment()).isNotEqualTo(second.commitment());
    }

    @Test
    void sameAgain_givesTheSameRecord() throws Exception {
        Recorded first = site.record(DATASET);
        Recorded again = site.record(DATASET);
        site.reopen();
        Recorded afterRestart = site.record(DATASET);

        assertThat(again).isEqualTo(new Recorded(first.id(), first.leaf(), true, first.release()));
        assertThat(afterRestart).isEqualTo(again);
        assertThat(site.records.count()).isEqualTo(1);
    }

    @Test
    void sameIdWithOtherContent_isRefusedAndChangesNothing() throws Exception {
        site.record(DATASET);

        assertThat(site.refusal(DATASET.replace("190", "191"))).isEqualTo(Reason.EXTERNAL_ID_CONFLICT);
        assertThat(site.refusal(DATASET.replace("'ward': 7, ", ""))).isEqualTo(Reason.EXTERNAL_ID_CONFLICT);
        assertThat(site.records.count()).isEqualTo(1);
        assertThat(site.record(DATASET.replace("'source': 'dvc'", "'source': 'git'"))
                        .id())
                .as("another source has ids of its own")
                .isEqualTo(1);
    }

    @Test
    void afterACrash_whatWasAnsweredIsThere() throws Exception {
        for (int n = 0; n < 300; n++) {
            site.record("{'kind': 'permit', 'externalId': 'p%d', 'name': 'permit %d'}".formatted(n, n));
        }
        TreeHead before = Site.await(site.recorder.siteHead());
        // A copy of the files without any closing is what a power cut leaves.
        Path crashed = Files.createDirectory(directory.resolve("crashed"));
        for (String file : List.of("node.db", "node.db-wal", "node.anchor")) {
            Files.copy(directory.resolve(file), crashed.resolve(file));
        }

        try (Site after = Site.of(crashed)) {
            assertThat(Site.await(after.recorder.siteHead())).isEqualTo(before);
            assertThat(after.records.find(299).orElseThrow().externalId()).contains("p299");
            assertThat(after.record("{'kind': 'permit', 'name': 'next'}").id()).isEqualTo(300);
        }
    }

    @Test
    void reference_findsOwnSourceFirstAndRecordIds() throws Exception {
        site.record("{'kind': 'permit', 'source': 'a', 'externalId': 'p', 'name': 'of a'}");
        site.record("{'kind': 'permit', 'source': 'b', 'externalId': 'p', 'name': 'of b'}");
        long byOwn = site.record("{'kind': 'note', 'source': 'a', 'about': 'p', 'text': 'x'}")
                .id();
        long byId = site.record("{'kind': 'note', 'source': 'a', 'about': 1, 'text': 'x'}")
                .id();
        long byOther = site.record("{'kind': 'note', 'source': 'c', 'about': 'p', 'text': 'x'}")
                .id();

        assertThat(site.records.find(byOwn).orElseThrow().targets("about")).containsExactly(0L);
        assertThat(site.records.find(byId).orElseThrow().targets("about")).containsExactly(1L);
        assertThat(site.records.find(byOther).orElseThrow().targets("about")).containsExactly(1L);
    }

    @Test
    void unknownReference_isRefusedAndChangesNothing() throws Exception {
        assertThat(site.refusal("{'kind': 'note', 'about': 'nobody', 'text': 'x'}"))
                .isEqualTo(Reason.UNKNOWN_REFERENCE);
        assertThat(site.refusal("{'kind': 'note', 'about': 0, 'text': 'about itself'}"))
                .isEqualTo(Reason.UNKNOWN_REFERENCE);
        assertThat(site.records.count()).isZero();
    }

    @Test
    void batch_answersEachAndSparesTheGoodOnes() throws Exception {
        List<String> lines = new ArrayList<>();
        for (int n = 0; n < 1_000; n++) {
            lines.add("{\"kind\": \"permit\", \"externalId\": \"p%d\", \"name\": \"permit\"}".formatted(n));
        }
        lines.set(500, "{\"kind\": \"note\", \"about\": \"nobody\", \"text\": \"x\"}");
        lines.add("{\"kind\": \"note\", \"about\": \"p999\", \"text\": \"names one of the same batch\"}");
        lines.add("{\"kind\": \"permit\", \"externalId\": \"p0\", \"name\": \"permit\"}");

        List<CompletableFuture<Recorded>> answers = site.recorder.recordAll(understood(String.join("\n", lines)));

        assertThat(Site.refusal(answers.get(500))).isEqualTo(Reason.UNKNOWN_REFERENCE);
        assertThat(Site.await(answers.get(499)).id()).isEqualTo(499);
        assertThat(Site.await(answers.get(501)).id()).isEqualTo(500);
        assertThat(Site.await(answers.get(1_000)).id()).isEqualTo(999);
        assertThat(Site.await(answers.get(1_001)).duplicate()).isTrue();
        assertThat(site.records.find(999).orElseThrow().targets("about")).containsExactly(998L);
        assertThat(Site.await(site.recorder.siteHead()).size()).isEqualTo(1_000);
    }

    private static List<LineageRecord> understood(String body) throws Exception {
        return RecordJson.readAll(body).stream()
                .map(read -> ((Read.Understood) read).record())
                .toList();
    }

    @Test
    void fullDisk_isRefusedAndGoesOnWhenThereIsRoom() throws Exception {
        site.record(DATASET);
        TreeHead before = Site.await(site.recorder.siteHead());
        site.sql("PRAGMA max_page_count = 1"); // SQLite takes the present size
        String large = "{'kind': 'permit', 'externalId': 'large', 'name': '%s'}".formatted("x".repeat(500_000));

        assertThat(site.refusal(large)).isEqualTo(Reason.DISK_FULL);
        assertThat(site.refusal(large)).isEqualTo(Reason.DISK_FULL);
        assertThat(Site.await(site.recorder.siteHead())).isEqualTo(before);
        site.sql("PRAGMA max_page_count = 1000000");

        assertThat(site.record(large).id()).isEqualTo(1);
        assertThat(site.record(DATASET).duplicate()).isTrue();
        site.reopen();
        assertThat(Site.await(site.recorder.siteHead()).size()).isEqualTo(2);
    }

    @Test
    void lineage_goesUpAndDownAsFarAsAsked() throws Exception {
        site.record(
                "{'kind': 'dataset', 'externalId': 'raw', 'name': 'raw', 'digest': '%s'}".formatted(Site.digest("r")));
        site.record("{'kind': 'dataset', 'externalId': 'clean', 'name': 'clean', 'digest': '%s'}"
                .formatted(Site.digest("c")));
        site.record(
                "{'kind': 'run', 'externalId': 'prep', 'step': 'prepare', 'inputs': ['raw'], 'outputs': ['clean']}");
        site.record("{'kind': 'run', 'externalId': 'train', 'step': 'train', 'inputs': ['clean']}");
        site.record("{'kind': 'metrics', 'of': 'train', 'values': {'accuracy': 0.9}}");
        StoredRecord raw = site.records.resolve("raw").orElseThrow();
        StoredRecord metrics = site.records.find(4).orElseThrow();

        assertThat(ids(site.records.lineage(metrics, Direction.UP, 0))).containsExactly(4L, 3L, 1L, 2L, 0L);
        assertThat(ids(site.records.lineage(metrics, Direction.UP, 2))).containsExactly(4L, 3L, 1L);
        assertThat(ids(site.records.lineage(raw, Direction.DOWN, 0))).containsExactly(0L, 2L, 1L, 3L, 4L);
        assertThat(site.records.lineage(raw, Direction.DOWN, 0).links())
                .contains(new Link(1, 2, Role.OUTPUT, 2), new Link(2, 0, Role.INPUT, 2));
        assertThat(site.records.resolve(Site.digest("c")).orElseThrow().id()).isEqualTo(1);
    }

    private static List<Long> ids(LocalLineage lineage) {
        return lineage.records().stream().map(StoredRecord::id).toList();
    }

    @Test
    void list_pagesByIdAndKind() throws Exception {
        site.record(DATASET);
        site.record("{'kind': 'permit', 'name': 'a'}");
        site.record("{'kind': 'permit', 'name': 'b'}");

        assertThat(site.records.list(Optional.empty(), -1, 2))
                .extracting(StoredRecord::id)
                .containsExactly(0L, 1L);
        assertThat(site.records.list(Optional.empty(), 1, 2))
                .extracting(StoredRecord::id)
                .containsExactly(2L);
        assertThat(site.records.list(Optional.of(Kind.PERMIT), -1, 9))
                .extracting(StoredRecord::id)
                .containsExactly(1L, 2L);
    }

    @Test
    void erasedField_leavesTheTreeAsItWas() throws Exception {
        site.record(DATASET);
        RecordBody body = site.records.find(0).orElseThrow().body();

        RecordBody erased = RecordBody.decode(body.erase("name").encode().toByteArray());

        assertThat(erased.kept("name")).isEmpty();
        assertThat(erased.tree().root()).isEqualTo(body.tree().root());
        assertThat(erased.encode().toStringUtf8()).doesNotContain("Wisconsin");
    }
}
