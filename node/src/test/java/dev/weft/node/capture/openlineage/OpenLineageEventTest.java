package dev.weft.node.capture.openlineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.node.Site;
import dev.weft.node.capture.openlineage.OpenLineageEvent.Read;
import dev.weft.node.record.Direction;
import dev.weft.node.record.Kind;
import dev.weft.node.record.LineageRecord;
import dev.weft.node.record.Recorded;
import dev.weft.node.record.StoredRecord;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.FieldValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Events as producers send them, good and bad, and what the site's record then holds. */
class OpenLineageEventTest {

    private static final String RUN = "41fb5137-f0fd-4ee5-ba5c-56f8571d1bd7";

    @TempDir
    Path directory;

    private static String event(String state, String runId, String more) {
        return """
                {"eventType": "%s", "eventTime": "2026-11-21T08:00:00Z", "producer": "https://tool.example",
                 "run": {"runId": "%s"}, "job": {"namespace": "nightly", "name": "clean"}%s}
                """.formatted(state, runId, more);
    }

    private static OpenLineageEvent read(String json) throws VerificationException {
        Read read = OpenLineageEvent.read(json).get(0);
        if (read instanceof Read.Refused refused) {
            throw refused.why();
        }
        return ((Read.Understood) read).event();
    }

    private static Reason refusal(String json) {
        try {
            read(json);
            throw new AssertionError("it was taken");
        } catch (VerificationException e) {
            return e.reason();
        }
    }

    private static Path samples(String folder) {
        return Stream.of(System.getProperty("weft.shared"), "../shared", "../../shared", "../../../shared")
                .filter(java.util.Objects::nonNull)
                .map(root -> Path.of(root, "samples", folder))
                .filter(Files::isDirectory)
                .findFirst()
                .orElseGet(() -> {
                    Assumptions.abort("no shared/samples/" + folder + " here; set -Dweft.shared=DIR");
                    return Path.of("");
                });
    }

    private static List<Path> files(Path folder) throws Exception {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void everySampleThatARealReceiverTakes_isTaken() throws Exception {
        List<Path> files =
                new java.util.ArrayList<>(files(samples("MarquezProject-marquez/api/src/test/resources/open_lineage")));
        files.add(samples("OpenLineage-OpenLineage/spec/tests").resolve("example_full_event.json"));
        assertThat(files).hasSizeGreaterThan(12);
        for (Path file : files) {
            assertThat(read(Files.readString(file)).said().origin().more())
                    .as(file.toString())
                    .isNotEmpty();
        }
    }

    @Test
    void everySampleOfABrokenFacet_isRefused() throws Exception {
        for (Path file : files(samples("OpenLineage-OpenLineage/proxy/fluentd/events"))) {
            String name = file.getFileName().toString();
            if (name.contains("invalid") || name.contains("no_run_id")) {
                assertThat(refusal(Files.readString(file))).as(name).isIn(Reason.MISSING_FIELD, Reason.BAD_VALUE);
            } else {
                assertThat(read(Files.readString(file)).said().state()).isEqualTo("complete");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2020-12-28T19:51:01.641499, 2020-12-28T19:51:01.641499Z",
        "2020-12-28T19:51:01.641499123Z, 2020-12-28T19:51:01.641499123Z",
        "2020-12-28T19:52:00.001+10:00, 2020-12-28T09:52:00.001Z",
        "2020-12-28 19:52:00+1000, 2020-12-28T09:52:00Z",
        "2020-12-28T19:52+10, 2020-12-28T09:52:00Z"
    })
    void eventTime_isTakenInEveryFormThatProducersWrite(String written, String meant) throws Exception {
        assertThat(EventTime.parse(written)).isEqualTo(Instant.parse(meant));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]]",
                "{\"eventTime\":",
                "7",
                "{}",
                "{\"eventTime\": \"yesterday\", \"run\": {\"runId\": \"x\"}, \"job\": {\"namespace\": \"a\", \"name\": \"b\"}}",
                "{\"eventTime\": \"2026-11-21T08:00:00Z\"}",
                "{\"eventTime\": \"2026-11-21T08:00:00Z\", \"run\": {\"runId\": \"x\"}}",
                "{\"eventTime\": \"2026-11-21T08:00:00Z\", \"run\": {\"runId\": \"\"}, \"job\": {\"namespace\": \"a\", \"name\": \"b\"}}",
                "{\"eventTime\": \"2026-11-21T08:00:00Z\", \"dataset\": {\"namespace\": \"a\"}}"
            })
    void eventThatCannotBeUnderstood_isRefusedWithWords(String json) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(VerificationException.class)
                .hasMessageMatching(".{20,}");
    }

    @Test
    void bottomlessNesting_isRefused() {
        assertThatThrownBy(() -> read("{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000)))
                .isInstanceOfSatisfying(
                        VerificationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOO_DEEP));
    }

    @Test
    void unknownFacets_areKeptFieldByField() throws Exception {
        LineageRecord.Observation said = read(event("RUNNING", RUN, """
                , "inputs": [{"namespace": "file", "name": "/w7", "facets": {"acme_ward": {"head": "Dr. Grant",
                  "beds": [1, 2], "rooms": [{"n": 7}], "a.b": {"c": true}, "gone": null, "empty": {}, "big": 1e999}}}]""")).said();
        assertThat(said.origin().more())
                .containsEntry("inputs.0.facets.acme_ward.head", FieldValue.of("Dr. Grant"))
                .containsEntry(
                        "inputs.0.facets.acme_ward.beds", FieldValue.of(List.of(FieldValue.of(1), FieldValue.of(2))))
                .containsEntry("inputs.0.facets.acme_ward.rooms", FieldValue.of("[{\"n\":7}]"))
                .containsEntry("inputs.0.facets.acme_ward.a\\.b.c", FieldValue.of(true))
                .containsEntry("inputs.0.facets.acme_ward.big", FieldValue.of("1e999"))
                .containsEntry("inputs.0.facets.acme_ward.empty", FieldValue.of("{}"))
                .doesNotContainKey("inputs.0.facets.acme_ward.gone");
    }

    @Test
    void secretsAmongFacets_areMaskedBeforeAnythingIsKept() throws Exception {
        String json = """
                {"eventType": "START", "eventTime": "2026-11-21T08:00:00Z", "producer": "https://tool.example",
                 "run": {"runId": "r", "facets": {
                   "environmentVariables": {"environmentVariables": [{"name": "DB_PASSWORD", "value": "hunter2"},
                     {"name": "QUEUE", "value": "gpu"}]},
                   "executionParameters": {"parameters": [{"key": "apiKey", "value": "hunter3"}]},
                   "command": {"argv": ["train", "--password", "hunter6", "--lr", "1"], "apiKeys": ["hunter7"]},
                   "parent": {"run": {"runId": "p"}, "job": {"namespace": "kafka://u:hunter8@h", "name": "j"}},
                   "spark_properties": {"properties": {"spark.hadoop.fs.s3a.secret.key": "hunter4", "spark.cores": 4}}}},
                 "job": {"namespace": "token", "name": "password", "facets": {"sourceCodeLocation":
                   {"type": "git", "url": "https://ada:hunter5@git.example/etl", "version": "v1"}}},
                 "inputs": [{"namespace": "postgres://u:hunter9@h:5432", "name": "d"}],
                 "outputs": [{"namespace": "postgres://u:hunter9@h:5432", "name": "d"}],
                 "more": {"token": "hunter1"}}""";
        OpenLineageEvent event = read(json);
        String kept = event.said().toString() + event.named();
        assertThat(kept).doesNotContain("hunter").contains("DB_PASSWORD", "QUEUE", "gpu", "git.example/etl");
        assertThat(event.named())
                .extracting(each -> each.origin().externalId().orElseThrow())
                .contains("job:token|password", "dataset:postgres://u:***@h:5432|d")
                .hasSize(4);
        assertThat(read(json).said().origin().externalId())
                .isEqualTo(event.said().origin().externalId());
    }

    @Test
    void oversizedFacet_staysInLargerPieces() throws Exception {
        StringBuilder facet = new StringBuilder("{");
        for (int n = 0; n < 20_000; n++) {
            facet.append(n == 0 ? "" : ",")
                    .append("\"f")
                    .append(n)
                    .append("\":{\"v\":")
                    .append(n)
                    .append('}');
        }
        LineageRecord.Observation said =
                read(event("RUNNING", RUN, ", \"x\": {\"y\": " + facet + "}}")).said();
        assertThat(said.origin().more()).hasSizeLessThan(4_100);
        assertThat(String.valueOf(said.origin().more().get("x.y"))).contains("\"f19999\":{\"v\":19999}");
    }

    @Test
    void idsThatProducersRepeat_countWithinTheirJob() {
        assertThat(Identifiers.run("a", "b", RUN.toUpperCase(java.util.Locale.ROOT)))
                .isEqualTo("run:" + RUN);
        assertThat(Identifiers.run("a", "b", "run_id")).isNotEqualTo(Identifiers.run("a", "c", "run_id"));
        assertThat(Identifiers.dataset("a", "b|c")).isNotEqualTo(Identifiers.dataset("a|b", "c"));
    }

    private static List<Recorded> record(OpenLineageIntake intake, String... events) throws Exception {
        List<OpenLineageEvent> read = new java.util.ArrayList<>();
        for (String event : events) {
            read.add(read(event));
        }
        return intake.record(read).stream().map(Site::await).toList();
    }

    @Test
    void eventsOfARunThatNeverEnds_addUp() throws Exception {
        try (Site site = Site.of(directory)) {
            OpenLineageIntake intake = new OpenLineageIntake(site.recorder);
            String start = event("START", RUN, ", \"inputs\": [{\"namespace\": \"file\", \"name\": \"/ward\"}]");
            record(intake, start);
            record(
                    intake,
                    event(
                            "RUNNING",
                            RUN,
                            ", \"inputs\": [{\"namespace\": \"file\", \"name\": \"/late\"}],"
                                    + "\"outputs\": [{\"namespace\": \"file\", \"name\": \"/clean\"}]"));
            StoredRecord clean = site.records.resolve("dataset:file|/clean").orElseThrow();
            assertThat(site.records.lineage(clean, Direction.UP, 0).records())
                    .extracting(record -> record.externalId().orElse(""))
                    .containsExactlyInAnyOrder(
                            "dataset:file|/clean",
                            "run:" + RUN,
                            "dataset:file|/ward",
                            "dataset:file|/late",
                            "job:nightly|clean");
            assertThat(site.records.list(Optional.of(Kind.OBSERVATION), -1, 10))
                    .extracting(record -> record.value("state").orElseThrow().display())
                    .containsExactly("start", "running");
        }
    }

    @Test
    void sameEventAgain_changesNothing() throws Exception {
        try (Site site = Site.of(directory)) {
            String event = event("COMPLETE", RUN, ", \"outputs\": [{\"namespace\": \"file\", \"name\": \"/x\"}]");
            Recorded first = record(new OpenLineageIntake(site.recorder), event).get(0);
            long count = site.records.count();
            String same = event.replace(": ", " :\n");
            assertThat(record(new OpenLineageIntake(site.recorder), same, event))
                    .allSatisfy(again -> {
                        assertThat(again.duplicate()).isTrue();
                        assertThat(again.id()).isEqualTo(first.id());
                    });
            site.reopen();
            assertThat(record(new OpenLineageIntake(site.recorder), event)
                            .get(0)
                            .duplicate())
                    .isTrue();
            assertThat(site.records.count()).isEqualTo(count);
        }
    }

    @Test
    void runThatLaterEventsTellOfInOtherWords_isTheSameRun() throws Exception {
        try (Site site = Site.of(directory)) {
            OpenLineageIntake intake = new OpenLineageIntake(site.recorder);
            record(intake, event("START", RUN, ""));
            String other = event("COMPLETE", RUN, "")
                    .replace("\"clean\"", "\"clean.sub\", \"facets\": {\"weft_step\": {\"step\": \"train\"}}");
            assertThat(record(intake, other).get(0).duplicate()).isFalse();
            assertThat(site.records.list(Optional.of(Kind.RUN), -1, 10)).hasSize(1);
        }
    }

    @Test
    void jobAndDatasetEvents_haveNoRun() throws Exception {
        try (Site site = Site.of(directory)) {
            OpenLineageIntake intake = new OpenLineageIntake(site.recorder);
            record(intake, """
                    {"eventTime": "2026-11-21T08:00:00", "job": {"namespace": "n", "name": "j"},
                     "inputs": [{"namespace": "s3://b", "name": "in"}], "outputs": [{"namespace": "s3://b", "name": "out"}]}
                    """, """
                    {"eventTime": "2026-11-21T08:00:00", "dataset": {"namespace": "s3://b", "name": "out",
                     "facets": {"version": {"datasetVersion": "3"}}}}
                    """);
            StoredRecord out = site.records.resolve("dataset:s3://b|out").orElseThrow();
            assertThat(site.records.lineage(out, Direction.UP, 0).records())
                    .extracting(record -> record.externalId().orElse(""))
                    .contains("dataset:s3://b|in", "job:n|j");
            assertThat(site.records
                            .resolve("dataset:s3://b|out#3")
                            .orElseThrow()
                            .value("version"))
                    .contains(FieldValue.of("3"));
        }
    }

    @Test
    void commitOfTheJob_isCodeThatCanMeetOthers() throws Exception {
        String sha = "0f".repeat(20);
        OpenLineageEvent event = read(event("START", RUN, "").replace("\"clean\"", """
                "clean", "facets": {"sourceCodeLocation": {"type": "git", "url": "https://g/x", "version": "%s"}}""".formatted(sha)));
        assertThat(event.named())
                .filteredOn(LineageRecord.Code.class::isInstance)
                .extracting(record ->
                        ((LineageRecord.Code) record).fingerprint().digest().map(Object::toString))
                .containsExactlyInAnyOrder(Optional.empty(), Optional.of("git-sha1:" + sha));
    }

    @Test
    void batchOfManyEvents_answersEachAfterItsNames() throws Exception {
        try (Site site = Site.of(directory)) {
            StringBuilder many = new StringBuilder("[");
            for (int n = 0; n < 600; n++) {
                many.append(n == 0 ? "" : ",").append(event("RUNNING", RUN, ", \"n\": " + n));
            }
            List<OpenLineageEvent> read = OpenLineageEvent.read(
                            many.append(", 7]").toString())
                    .stream()
                    .filter(Read.Understood.class::isInstance)
                    .map(one -> ((Read.Understood) one).event())
                    .toList();
            assertThat(read).hasSize(600);
            List<CompletableFuture<Recorded>> answers = new OpenLineageIntake(site.recorder).record(read);
            assertThat(answers.stream().map(answer -> Site.await(answer).id()).distinct())
                    .hasSize(600);
            assertThat(site.records.count()).isEqualTo(602);
        }
    }
}
