package dev.weft.node.release;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.weft.node.Site;
import dev.weft.node.record.Kind;
import dev.weft.node.record.Recorded;
import dev.weft.node.record.StoredRecord;
import dev.weft.node.release.Release.State;
import dev.weft.proto.Reason;
import dev.weft.proto.statement.CanonicalJson;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.Opening;
import dev.weft.proto.v1.Progress;
import dev.weft.proto.v1.ProgressState;
import dev.weft.proto.v1.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StewardQueueTest {

    private static final String POLICY = """
            release contribution steward
            progress waiting on
            field metric.accuracy open
            field code.digest public
            """;

    @TempDir
    Path directory;

    private Site site;

    @BeforeEach
    void open() throws Exception {
        site = Site.of(directory, Role.SITE, POLICY);
    }

    @AfterEach
    void close() throws Exception {
        site.close();
    }

    @Test
    void whileItWaits_onlyThatItWaitsIsTold() throws Exception {
        Recorded recorded = TrainingAtASite.contribute(site);

        assertThat(recorded.release().waiting()).isTrue();
        assertThat(recorded.release().statements()).isEmpty();
        assertThat(site.steward.waiting()).isEqualTo(1);
        assertThat(site.sent()).hasSize(1);
        Progress told =
                (Progress) site.sent().get(0).envelope().statement().predicate().orElseThrow();
        assertThat(told.getState()).isEqualTo(ProgressState.WAITING);
        assertThat(site.record(TrainingAtASite.contribution()).release()).isEqualTo(recorded.release());
    }

    @Test
    void whatWasShown_isWhatLeaves() throws Exception {
        long id = TrainingAtASite.contribute(site).release().releaseId().orElseThrow();
        ByteString shown = site.steward.show(id).orElseThrow().release().body();
        site.reopen();
        site.record("{'kind': 'metrics', 'of': 'train', 'values': {'accuracy': 0.1}}"); // comes too late

        Release approved = Site.await(site.steward.approve(id, "a.lovelace"));

        Site.Sent sent = site.sent().get(1);
        assertThat(approved.statement()).contains(sent.envelope().statement().id());
        Contribution said =
                (Contribution) sent.envelope().statement().predicate().orElseThrow();
        assertThat(CanonicalJson.print(said.toBuilder().clearHeader().build())).isEqualTo(shown);
        String header = CanonicalJson.printMessage(said.getHeader()).toStringUtf8();
        assertThat(sent.payload().replace("\"header\":" + header + ",", ""))
                .as("byte for byte but for the header")
                .isEqualTo(shown.toStringUtf8());
        assertThat(sent.openings()).extracting(Opening::getName).containsExactly("metric.accuracy");
    }

    @Test
    void decision_isRecordedWithPersonAndTime() throws Exception {
        long id = TrainingAtASite.contribute(site).release().releaseId().orElseThrow();

        Release approved = Site.await(site.steward.approve(id, "a.lovelace"));

        Release.Decided decided = approved.decided().orElseThrow();
        assertThat(decided.by()).isEqualTo("a.lovelace");
        assertThat(decided.at()).isEqualTo(site.clock.instant());
        StoredRecord record = site.records.find(decided.record()).orElseThrow();
        assertThat(record.kind()).isEqualTo(Kind.DECISION);
        assertThat(record.value("by").orElseThrow().display()).isEqualTo("a.lovelace");
        assertThat(record.value("verdict").orElseThrow().display()).isEqualTo("approved");
        assertThat(record.targets("about")).containsExactly(approved.record());
        assertThat(site.sent()
                        .get(1)
                        .envelope()
                        .statement()
                        .header()
                        .getSiteHead()
                        .getSize())
                .as("the statement's site head covers the decision")
                .isEqualTo(decided.record() + 1);
    }

    @Test
    void refused_neverLeaves() throws Exception {
        long id = TrainingAtASite.contribute(site).release().releaseId().orElseThrow();

        assertThat(Site.refusal(site.steward.refuse(id, "a.lovelace", " "))).isEqualTo(Reason.BAD_VALUE);
        Release refused = Site.await(site.steward.refuse(id, "a.lovelace", "wrong ward"));

        assertThat(refused.state()).isEqualTo(State.REFUSED);
        assertThat(refused.decided().orElseThrow().reason()).contains("wrong ward");
        assertThat(site.sent()).hasSize(1);
        assertThat(Site.refusal(site.steward.approve(id, "a.lovelace"))).isEqualTo(Reason.DECISION_TAKEN);
        assertThat(Site.refusal(site.steward.approve(99, "a.lovelace"))).isEqualTo(Reason.NOT_FOUND);
        assertThat(site.steward.list(Optional.of(State.REFUSED), 0, 9))
                .extracting(Release::id)
                .containsExactly(id);
        assertThat(site.steward.list(Optional.of(State.WAITING), 0, 9)).isEmpty();
        assertThat(site.steward.waiting()).isZero();
    }

    @Test
    void preview_tellsOfEveryFieldWhatBecomesOfIt() throws Exception {
        long id = TrainingAtASite.contribute(site).release().releaseId().orElseThrow();

        JsonObject preview = site.steward.show(id).orElseThrow().json();

        assertThat(preview.get("body").getAsString()).startsWith("{\"_type\":\"https://in-toto.io/Statement/v1\"");
        assertThat(fields(preview, "public", "code")).containsExactly("digest");
        assertThat(fields(preview, "public", "model")).containsExactly("digest", "from");
        assertThat(fields(preview, "opened", "run")).containsExactly("metric.accuracy");
        assertThat(fields(preview, "public", "run")).as("what each run did").containsExactly("step", "step");
        assertThat(fields(preview, "public", "round")).contains("privacy.0.name");
        assertThat(fields(preview, "committed", "dataset")).containsExactly("digest", "digest");
        assertThat(fields(preview, "stays", "dataset")).contains("name", "path", "rows", "externalId");
        assertThat(fields(preview, "stays", "run")).contains("parameter.un\u00ebven name");
        JsonObject value = preview.getAsJsonArray("openings").get(0).getAsJsonObject();
        assertThat(value.get("value").getAsString()).isEqualTo("0.9473684210526");
        assertThat(site.steward.show(99)).isEmpty();
    }

    private static List<String> fields(JsonObject preview, String outcome, String kind) {
        List<String> fields = new ArrayList<>();
        for (JsonElement record : preview.getAsJsonArray(outcome)) {
            if (record.getAsJsonObject().get("kind").getAsString().equals(kind)) {
                record.getAsJsonObject().getAsJsonArray("fields").forEach(name -> fields.add(name.getAsString()));
            }
        }
        return fields;
    }

    @Test
    void withoutItsAnchor_theNodeRecordsAndHoldsWhatItMayNotSign() throws Exception {
        TrainingAtASite.contribute(site);
        site.close();
        Files.delete(directory.resolve("node.anchor"));
        site = Site.of(directory, Role.SITE, "");

        assertThat(site.anchor.stopped().orElseThrow().reason()).isEqualTo(Reason.ANCHOR_MISSING);
        Recorded held = site.record("{'kind': 'revocation', 'artifact': 'clean', 'reason': 'data-error'}");

        assertThat(held.release().waiting()).isTrue();
        assertThat(site.steward.list(Optional.of(State.HELD), 0, 9)).hasSize(1);
        assertThat(Site.refusal(site.steward.approve(held.release().releaseId().orElseThrow(), "a.lovelace")))
                .isEqualTo(Reason.ANCHOR_MISSING);
        assertThat(site.sent()).hasSize(1);
    }
}
