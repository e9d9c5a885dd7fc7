package dev.weft.node.release;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.weft.node.Site;
import dev.weft.node.record.StoredField;
import dev.weft.node.record.StoredRecord;
import dev.weft.proto.digest.Commitment;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.digest.Salt;
import dev.weft.proto.v1.Opening;
import dev.weft.proto.v1.Role;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels, ranges and small counts, from the file to the bytes that leave. */
class PolicyOnDataTest {

    private static final String POLICY = """
            field metric.* open
            field metric.patients bucket 100
            label rare release contribution steward
            label rare field metric.patients withheld
            """;

    @TempDir
    Path directory;

    private static void train(Site site, String labels) {
        site.record("{'kind': 'dataset', 'externalId': 'd', 'name': 'd', 'digest': '%s', 'labels': %s}"
                .formatted(Site.digest("rows"), labels));
        site.record("{'kind': 'model', 'externalId': 'global', 'name': 'global', 'digest': '%s', 'from': '%s'}"
                .formatted(TrainingAtASite.GLOBAL, TrainingAtASite.CLOSE));
        site.record("""
                {'kind': 'run', 'externalId': 'train', 'step': 'train', 'inputs': ['d', 'global'],
                 'metrics': {'accuracy': 0.94, 'patients': 237, 'deaths': 3, 'beds': 120}}
                """);
    }

    @Test
    void number_leavesAsItsRangeAndASmallCountNotAtAll() throws Exception {
        try (Site site = Site.of(directory, Role.SITE, POLICY)) {
            train(site, "['adults']");
            site.record(TrainingAtASite.contribution());

            Site.Sent sent = site.sent().get(0);
            assertThat(sent.openings())
                    .extracting(PolicyOnDataTest::said)
                    .containsExactlyInAnyOrder(
                            "metric.accuracy=0.94", "metric.beds=120", "metric.patients.bucket=from 200 to below 300");
            assertThat(sent.payload()).contains("metric.deaths");

            // Who is shown the field itself later can check the range: its salt comes from the field's.
            StoredRecord run = site.records.resolve("train").orElseThrow();
            StoredField.Kept field = run.body().kept("metric.patients").orElseThrow();
            Digest salt = Hashing.hmacSha256(
                    field.salt().toByteString().toByteArray(),
                    "weft/bucket/v1\0from 200 to below 300".getBytes(StandardCharsets.UTF_8));
            Digest commitment = Commitment.commit(
                    Salt.of(salt.toByteString()), "metric.patients.bucket", FieldValue.of("from 200 to below 300"));
            assertThat(sent.openings()).extracting(Opening::getCommitment).contains(commitment.toByteString());
        }
    }

    @Test
    void dataWithALabel_waitsAndSaysLess() throws Exception {
        try (Site site = Site.of(directory, Role.SITE, POLICY)) {
            train(site, "['adults', 'rare']");
            long id = site.record(TrainingAtASite.contribution())
                    .release()
                    .releaseId()
                    .orElseThrow();

            Preview preview = site.steward.show(id).orElseThrow();
            assertThat(preview.openings())
                    .extracting(PolicyOnDataTest::said)
                    .containsExactlyInAnyOrder("metric.accuracy=0.94", "metric.beds=120");
            assertThat(preview.release().body().toStringUtf8()).doesNotContain("metric.patients");
        }
    }

    @Test
    void metricMeasuredAgain_goesAlongInItsNewestValueAlone() throws Exception {
        try (Site site = Site.of(directory, Role.SITE, POLICY)) {
            train(site, "[]");
            site.record("{'kind': 'metrics', 'of': 'train', 'values': {'accuracy': 0.96, 'patients': 412}}");
            site.record(TrainingAtASite.contribution());

            assertThat(site.sent().get(0).openings())
                    .extracting(PolicyOnDataTest::said)
                    .containsExactlyInAnyOrder(
                            "metric.accuracy=0.96", "metric.beds=120", "metric.patients.bucket=from 400 to below 500");
        }
    }

    @Test
    void explanation_namesTheLineThatDecides() throws Exception {
        try (Site site = Site.of(directory, Role.SITE, POLICY)) {
            train(site, "['rare']");
            PolicyView view = new PolicyView(ReleasePolicy.parse(POLICY, "release.policy"));

            JsonObject run = view.explain(site.records.resolve("train").orElseThrow());
            assertThat(becomes(run, "metric.patients"))
                    .isEqualTo(List.of(
                            "a commitment, and beside it a range of width 100",
                            "line 2: field metric.patients bucket 100"));
            assertThat(becomes(run, "metric.deaths").get(0)).contains("below 10 never leave in clear");
            JsonObject data = view.explain(site.records.resolve("d").orElseThrow());
            assertThat(becomes(data, "name")).containsExactly("never leaves", "no rule reaches this field");
            assertThat(data.get("labelsWithRules").toString()).isEqualTo("[\"rare\"]");
            assertThat(data.getAsJsonArray("statements").get(0).toString()).contains("line 3: label rare release");
        }
    }

    private static List<String> becomes(JsonObject explained, String field) {
        return explained.getAsJsonArray("fields").asList().stream()
                .map(each -> each.getAsJsonObject())
                .filter(each -> each.get("field").getAsString().equals(field))
                .flatMap(each -> java.util.stream.Stream.of(
                        each.get("becomes").getAsString(), each.get("because").getAsString()))
                .toList();
    }

    private static String said(Opening opening) {
        try {
            return opening.getName() + "="
                    + FieldValue.parse(opening.getValue()).display();
        } catch (dev.weft.proto.VerificationException e) {
            throw new AssertionError(e);
        }
    }
}
