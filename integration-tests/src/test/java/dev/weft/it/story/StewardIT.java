package dev.weft.it.story;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.it.demo.PlayedDemo;
import dev.weft.it.demo.Study;
import dev.weft.it.federation.HttpReply;
import dev.weft.it.federation.Recorded;
import dev.weft.it.federation.SiteClient;
import dev.weft.it.federation.SiteNode;
import dev.weft.proto.digest.Hashing;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the policy of a site leaves to its data steward leaves when the steward says so, and only then. */
class StewardIT {

    @Test
    void contribution_leavesWhenTheStewardApprovesIt() {
        SiteNode node = node();
        Recorded waiting = contribution(node.client(), "approved");
        String release = waiting.releaseId().orElseThrow();
        assertThat(waiting.waiting()).isTrue();
        assertThat(waiting.statements()).isEmpty();
        JsonObject preview = node.client().release(release);
        assertThat(preview.get("state").getAsString()).isEqualTo("waiting");
        assertThat(preview.toString()).contains("body", "seenBy");

        JsonObject approved = steward(node).approve(release);
        String statement = approved.get("statement").getAsString();
        SmallFederation.awaitDurable(node, statement);
        JsonObject decided = node.client().release(release);
        assertThat(decided.get("state").getAsString()).isEqualTo("approved");
        assertThat(decided.get("decidedBy").getAsString()).isEqualTo(Study.STEWARD);
    }

    @Test
    void contributionOnApprovedData_leavesByPolicy() {
        SiteNode node = node();

        Recorded recorded = contribution(node.client(), "known data", "train-2");

        assertThat(recorded.waiting()).isFalse();
        SmallFederation.awaitDurable(node, recorded.statement());
    }

    @Test
    void approval_withAnotherTokenThanASteward_isDenied() {
        SiteNode node = node();
        String release = contribution(node.client(), "denied").releaseId().orElseThrow();
        HttpReply reply = node.client().send("POST", "/v1/release/" + release + "/approve", "{}");
        assertThat(reply.status()).isEqualTo(403);
        assertThat(node.client().release(release).get("state").getAsString()).isEqualTo("waiting");
    }

    @Test
    void refusal_keepsTheContributionAtHome() {
        SiteNode node = node();
        String release = contribution(node.client(), "refused").releaseId().orElseThrow();
        HttpReply reply = steward(node)
                .send("POST", "/v1/release/" + release + "/refuse", "{\"reason\":\"the consent form is missing\"}");
        assertThat(reply.status()).isEqualTo(200);
        JsonObject decided = node.client().release(release);
        assertThat(decided.get("state").getAsString()).isEqualTo("refused");
        assertThat(decided.has("statement")).isFalse();
        HttpReply again = steward(node).send("POST", "/v1/release/" + release + "/approve", "{}");
        assertThat(again.status()).isEqualTo(409);
    }

    private static SiteNode node() {
        PlayedDemo played = PlayedStudy.get();
        return played.study().federation().node("hospital-c");
    }

    private static SiteClient steward(SiteNode node) {
        Path token = node.dir().resolve("tokens").resolve(Study.STEWARD + ".token");
        return node.client(token);
    }

    /** A contribution to the last round on a dataset version that the steward has not seen. */
    private static Recorded contribution(SiteClient client, String externalId) {
        JsonObject dataset = new JsonObject();
        dataset.addProperty("kind", "dataset");
        dataset.addProperty("externalId", "rows-" + externalId);
        dataset.addProperty("name", "rows of the steward's story " + externalId);
        dataset.addProperty(
                "digest", "sha256:" + Hashing.sha256(externalId.getBytes(UTF_8)).hex());
        client.record(dataset);
        JsonObject run = new JsonObject();
        run.addProperty("kind", "run");
        run.addProperty("externalId", "train-" + externalId);
        run.addProperty("step", "train");
        JsonArray inputs = new JsonArray();
        inputs.add("rows-" + externalId);
        run.add("inputs", inputs);
        client.record(run);
        return contribution(client, externalId, "train-" + externalId);
    }

    private static Recorded contribution(SiteClient client, String externalId, String run) {
        PlayedDemo played = PlayedStudy.get();
        JsonObject contribution = new JsonObject();
        contribution.addProperty("kind", "round");
        contribution.addProperty("event", "contribution");
        contribution.addProperty("externalId", externalId);
        contribution.addProperty("round", played.lastRound());
        contribution.addProperty("run", run);
        contribution.addProperty("inputModel", played.study().finalModel());
        contribution.addProperty("wireDigest", played.study().finalModel());
        return client.record(contribution);
    }
}
