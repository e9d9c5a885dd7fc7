package dev.weft.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.node.Site;
import dev.weft.node.http.Http.Reply;
import dev.weft.node.release.ReleasePolicy;
import dev.weft.proto.v1.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tool records, a reader reads, a steward decides: each with a token of its own. */
class RecordingOverHttpTest {
    private static final String DIGEST = Site.digest("data");
    private static final String POLICY = "release publication steward\n";

    @TempDir
    Path directory;

    private Site site;
    private WholeApi whole;
    private Http http;
    private String tool;
    private String reader;
    private String admin;
    private String steward;

    @BeforeEach
    void open() throws Exception {
        site = Site.of(directory, Role.COORDINATOR, POLICY);
        whole = new WholeApi(site, ReleasePolicy.parse(POLICY, "policy"));
        whole.api.start();
        http = new Http(whole.api.address());
        tool = whole.tokens.add("flower", List.of(Scope.CAPTURE));
        reader = whole.tokens.add("reader", List.of(Scope.READ));
        admin = whole.tokens.add("admin", List.of(Scope.CAPTURE, Scope.READ, Scope.ADMIN));
        steward = whole.tokens.add("maria", List.of(Scope.STEWARD));
    }

    @AfterEach
    void close() throws Exception {
        whole.close();
        site.close();
    }

    private static String dataset(String name, String id) {
        return "{\"kind\":\"dataset\",\"name\":\"" + name + "\",\"externalId\":\"" + id + "\",\"digest\":\"" + DIGEST
                + "\"}";
    }

    private static String publication() {
        return "{\"kind\":\"round\",\"event\":\"publication\",\"round\":\"" + Site.ROUND
                + "\",\"model\":\"weft-model-v1:" + Site.sha256("model").hex() + "\",\"version\":\"v1\"}";
    }

    @Test
    void record_isAnsweredWithItsPlaceAndIsReadBack() throws IOException {
        Reply made = http.post("/v1/records", tool, dataset("ward 7", "a"));
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.json().get("duplicate").getAsBoolean()).isFalse();
        Reply again = http.post("/v1/records", tool, dataset("ward 7", "a"));
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json().get("record")).isEqualTo(made.json().get("record"));
        JsonObject read = http.get("/v1/records/" + made.json().get("record").getAsLong(), reader)
                .json();
        assertThat(read.get("leaf")).isEqualTo(made.json().get("leaf"));
        assertThat(read.toString()).contains("ward 7");
        assertThat(http.get("/v1/records/99", reader).status()).isEqualTo(404);
        assertThat(http.get("/v1/records/x", reader).status()).isEqualTo(400);
    }

    @Test
    void recordThatIsRefused_saysWhy() throws IOException {
        assertThat(http.post("/v1/records", tool, dataset("ward 7", "a")).status())
                .isEqualTo(201);
        Reply other = http.post("/v1/records", tool, dataset("ward 8", "a"));
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.reason()).isEqualTo("external-id-conflict");
        Reply unknown = http.post("/v1/records", tool, "{\"kind\":\"dataset\",\"nam\":\"x\"}");
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(unknown.json().get("message").getAsString()).contains("name");
    }

    @Test
    void misspeltQueryParameter_isRefusedAndNotPassedOver() throws IOException {
        Reply misspelt = http.get("/v1/records?limt=3", reader);
        assertThat(misspelt.status()).isEqualTo(400);
        assertThat(misspelt.json().get("message").getAsString())
                .contains("no query parameter 'limt'", "after, kind, limit", "did you mean 'limit'?");
        Reply twice = http.get("/v1/records?limit=3&limit=4", reader);
        assertThat(twice.status()).isEqualTo(400);
        assertThat(twice.reason()).isEqualTo("bad-value");
    }

    @Test
    void progressThatPolicyKeepsIn_isRecordedAndSaysWhyNothingIsStated() throws IOException {
        JsonObject answer = http.post(
                        "/v1/records",
                        tool,
                        "{\"kind\":\"round\",\"event\":\"started\",\"round\":\"" + "ab".repeat(32) + "\"}")
                .json();
        assertThat(answer.getAsJsonArray("statements")).isEmpty();
        assertThat(answer.get("note").getAsString()).contains("progress started on", "release.policy");
        assertThat(http.post("/v1/records", tool, dataset("d", "d")).json().has("note"))
                .isFalse();
    }

    @Test
    void batch_answersEveryRecordForItself() throws IOException {
        String body = dataset("one", "1") + "\n" + "{\"kind\":\"nonsense\"}" + "\n" + dataset("two", "2") + "\n";
        JsonObject answer = http.post("/v1/records/batch", tool, body).json();
        assertThat(answer.get("recorded").getAsInt()).isEqualTo(2);
        assertThat(answer.get("refused").getAsInt()).isEqualTo(1);
        JsonArray results = answer.getAsJsonArray("results");
        assertThat(results.get(1).getAsJsonObject().has("reason")).isTrue();
        assertThat(results.get(2).getAsJsonObject().has("record")).isTrue();
    }

    @Test
    void pages_coverEveryRecordOnce() throws IOException {
        for (int i = 0; i < 5; i++) {
            assertThat(http.post("/v1/records", tool, dataset("d", "id" + i)).status())
                    .isEqualTo(201);
        }
        JsonObject first = http.get("/v1/records?limit=3", reader).json();
        assertThat(first.getAsJsonArray("records")).hasSize(3);
        JsonObject second = http.get(
                        "/v1/records?limit=3&after=" + first.get("next").getAsLong(), reader)
                .json();
        assertThat(second.getAsJsonArray("records")).hasSize(2);
        assertThat(second.get("next").isJsonNull()).isTrue();
        assertThat(http.get("/v1/records?limit=0", reader).status()).isEqualTo(400);
        assertThat(http.get("/v1/records?limit=1001", reader).status()).isEqualTo(400);
        assertThat(http.get("/v1/records?kind=datasets", reader)
                        .json()
                        .get("message")
                        .getAsString())
                .contains("did you mean 'dataset'?");
    }

    @Test
    void captureToken_readsNothingBack() throws IOException {
        for (String path : List.of("/v1/records", "/v1/records/0", "/v1/local/lineage?of=0", "/v1/statements")) {
            assertThat(http.get(path, tool).status()).as(path).isEqualTo(403);
        }
        assertThat(http.post("/v1/records", reader, dataset("x", "x")).status()).isEqualTo(403);
    }

    @Test
    void onlyTheSteward_letsOutAndTheDecisionNamesThePerson() throws IOException {
        JsonObject made = http.post("/v1/records", tool, publication()).json();
        assertThat(made.get("waiting").getAsBoolean()).isTrue();
        String path = "/v1/release/" + made.get("releaseId").getAsLong();
        assertThat(http.get(path, steward).json().get("state").getAsString()).isEqualTo("waiting");
        for (String other : List.of(tool, reader, admin)) {
            Reply refused = http.post(path + "/approve", other, "");
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.reason()).isEqualTo("scope-missing");
        }
        JsonObject approved = http.post(path + "/approve", steward, "").json();
        assertThat(approved.get("state").getAsString()).isEqualTo("approved");
        assertThat(approved.get("decidedBy").getAsString()).isEqualTo("maria");
        assertThat(http.post(path + "/refuse", steward, "{\"reason\":\"late\"}").status())
                .isEqualTo(409);
        JsonObject pending = http.get("/v1/statements?state=pending", reader).json();
        assertThat(pending.getAsJsonArray("statements")).hasSize(1);
        String id = approved.get("statement").getAsString();
        assertThat(http.get("/v1/statements/" + id, reader).json().has("envelope"))
                .isTrue();
    }

    @Test
    void refusalByTheSteward_needsAReason() throws IOException {
        long id = http.post("/v1/records", tool, publication())
                .json()
                .get("releaseId")
                .getAsLong();
        assertThat(http.post("/v1/release/" + id + "/refuse", steward, "{}").status())
                .isEqualTo(400);
        assertThat(http.post("/v1/release/" + id + "/refuse", steward, "{\"reason\":\"no\"}")
                        .json()
                        .get("state")
                        .getAsString())
                .isEqualTo("refused");
        assertThat(http.get("/v1/release?state=nonsense", steward).status()).isEqualTo(400);
    }

    @Test
    void questionThatNobodyAnswers_isUnavailable() throws IOException {
        assertThat(http.post("/v1/ask", reader, "{}").status()).isEqualTo(400);
        assertThat(http.post("/v1/ask", reader, "{\"lineage\":{\"of\":\"a\"},\"lineage\":{\"of\":\"b\"}}")
                        .status())
                .isEqualTo(400);
        Reply reply = http.post("/v1/ask", reader, "{\"lineage\":{\"of\":\"" + DIGEST + "\"}}");
        assertThat(reply.status()).isIn(422, 503);
    }
}
