package dev.weft.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.weft.node.Site;
import dev.weft.node.http.Http.Reply;
import dev.weft.node.release.ReleasePolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an OpenLineage client sees of the node. */
class OpenLineageOverHttpTest {
    private static final String EVENT = """
            {"eventType":"COMPLETE","eventTime":"2026-11-21T08:00:00","run":{"runId":"run_id"},
             "job":{"namespace":"n","name":"j"},"outputs":[{"namespace":"file","name":"/x"}]}""";

    @TempDir
    Path directory;

    private Site site;
    private WholeApi whole;
    private Http http;
    private String key;

    @BeforeEach
    void open() throws Exception {
        site = Site.of(directory);
        whole = new WholeApi(site, ReleasePolicy.DEFAULT);
        whole.api.start();
        http = new Http(whole.api.address());
        key = whole.tokens.add("airflow", List.of(Scope.CAPTURE));
    }

    @AfterEach
    void close() throws Exception {
        whole.close();
        site.close();
    }

    @Test
    void event_isTakenOnceAndAcknowledgedAgain() throws IOException {
        assertThat(http.post("/api/v1/lineage", key, EVENT).status()).isEqualTo(201);
        Reply again = http.post("/api/v1/lineage", key, EVENT);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json().get("duplicate").getAsBoolean()).isTrue();
    }

    @Test
    void apiKeyWithoutTheScope_isTurnedAway() throws IOException {
        String reader = whole.tokens.add("reader", List.of(Scope.READ));
        assertThat(http.post("/api/v1/lineage", reader, EVENT).status()).isEqualTo(403);
        assertThat(http.post("/api/v1/lineage", "weft_none", EVENT).status()).isEqualTo(401);
    }

    @Test
    void badEvent_isTheCallersFaultAndNeverTheServers() throws IOException {
        for (String bad : List.of(
                "",
                "{",
                "null",
                "{\"run\":{}}",
                EVENT.replace("run_id", ""),
                EVENT.replace("2026", "x"),
                EVENT.replace("2026", "+300000"))) {
            Reply refused = http.post("/api/v1/lineage", key, bad);
            assertThat(refused.status()).as(bad).isEqualTo(400);
            assertThat(refused.reason()).isNotEmpty();
        }
    }

    @Test
    void batch_tellsWhichEventsFailed() throws IOException {
        String body = "[" + EVENT + ",{\"run\":{}}," + EVENT.replace("run_id", "other") + "]";
        for (String path : List.of("/api/v1/lineage/batch", "/api/v1/lineage")) {
            Reply reply = http.post(path, key, body);
            assertThat(reply.status()).isEqualTo(200);
            JsonObject answer = reply.json();
            assertThat(answer.get("status").getAsString()).isEqualTo("partial_success");
            assertThat(answer.getAsJsonObject("summary").get("successful").getAsInt())
                    .isEqualTo(2);
            JsonObject failed = answer.getAsJsonArray("failed_events").get(0).getAsJsonObject();
            assertThat(failed.get("index").getAsInt()).isEqualTo(1);
            assertThat(failed.get("reason").getAsString()).contains("eventTime");
            assertThat(failed.get("retriable").getAsBoolean()).isFalse();
        }
    }

    @Test
    void timeThatNoRecordHolds_touchesNoOtherEventOfABatch() throws IOException {
        String body = "[" + EVENT.replace("2026", "+300000") + "," + EVENT + "]";
        Reply reply = http.post("/api/v1/lineage/batch", key, body);
        assertThat(reply.status()).isEqualTo(200);
        JsonObject answer = reply.json();
        assertThat(answer.getAsJsonObject("summary").get("successful").getAsInt())
                .isEqualTo(1);
        assertThat(answer.getAsJsonArray("failed_events").toString()).contains("+300000", "year");
    }

    @Test
    void toolsForMarquez_seeEveryRunsEdges() throws IOException {
        String reader = whole.tokens.add("marquez-web", List.of(Scope.READ));
        String second = EVENT.replace("run_id", "second")
                .replace("\"outputs\"", "\"inputs\"")
                .replace("/x", "/raw");
        String other =
                EVENT.replace("run_id", "third").replace("\"j\"", "\"k:l\"").replace("\"outputs\"", "\"inputs\"");
        for (String event : List.of(EVENT, second, other)) {
            assertThat(http.post("/api/v1/lineage", key, event).status()).isEqualTo(201);
        }
        Reply lineage = http.get("/api/v1/lineage?nodeId=dataset:file:/x", reader);
        assertThat(lineage.json().getAsJsonArray("graph"))
                .extracting(node -> node.getAsJsonObject().get("id").getAsString())
                .containsExactly("dataset:file:/raw", "dataset:file:/x", "job:n:j", "job:n:k:l");
        JsonObject job = lineage.json().getAsJsonArray("graph").get(2).getAsJsonObject();
        assertThat(job.getAsJsonArray("inEdges").toString())
                .as("said by another run than the output")
                .isEqualTo("[{\"origin\":\"dataset:file:/raw\",\"destination\":\"job:n:j\"}]");
        assertThat(job.getAsJsonArray("outEdges")).hasSize(1);
        assertThat(http.get("/api/v1/lineage?nodeId=job:n:k:l&depth=1", reader)
                        .json()
                        .getAsJsonArray("graph"))
                .hasSize(2);
        assertThat(http.get("/api/v1/namespaces", reader).body()).contains("\"file\"", "\"n\"");
        assertThat(http.get("/api/v1/namespaces/file/datasets/%2Fraw", reader)
                        .json()
                        .get("name"))
                .isEqualTo(new JsonPrimitive("/raw"));
        assertThat(http.get("/api/v1/namespaces/n/jobs/k:l", reader).json().get("type"))
                .isEqualTo(new JsonPrimitive("BATCH"));
        assertThat(http.get("/api/v1/namespaces/file/datasets/%2Fnone", reader).status())
                .isEqualTo(404);
        String slashed = EVENT.replace("\"file\"", "\"s3://b/c\"").replace("run_id", "fourth");
        assertThat(http.post("/api/v1/lineage", key, slashed).status()).isEqualTo(201);
        assertThat(http.get("/api/v1/namespaces/s3:%2F%2Fb%2Fc/datasets", reader)
                        .body())
                .contains("\"/x\"");
        assertThat(http.get("/api/v1/namespaces/n/jobs", reader)
                        .json()
                        .get("totalCount")
                        .getAsInt())
                .isEqualTo(2);
        assertThat(http.get("/api/v1/namespaces/file/datasets?limit=1", reader)
                        .json()
                        .getAsJsonArray("datasets"))
                .hasSize(1);
        assertThat(http.get("/api/v1/lineage?nodeId=job:n:nobody", reader).status())
                .isEqualTo(404);
        assertThat(http.get("/api/v1/lineage", reader).status()).isEqualTo(400);
        assertThat(http.get("/api/v1/namespaces", key).status())
                .as("a tool reads nothing back")
                .isEqualTo(403);
    }

    private int packed(byte[] body, String encoding) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(whole.api.url() + "/api/v1/lineage"))
                .header("Authorization", "Bearer " + key)
                .header("Content-Encoding", encoding)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        }
        return packed.toByteArray();
    }

    @Test
    void gzip_isUnpackedAndNotBeyondTheLimit() throws Exception {
        byte[] event = EVENT.getBytes(StandardCharsets.UTF_8);
        assertThat(packed(gzip(event), "gzip")).isEqualTo(201);
        assertThat(packed(event, "gzip")).isEqualTo(400);
        assertThat(packed(event, "br")).isEqualTo(415);
        byte[] half = java.util.Arrays.copyOf(gzip(event), 40);
        assertThat(packed(half, "gzip")).isEqualTo(400);
        assertThat(packed(gzip(new byte[64 << 20]), "gzip"))
                .as("a small body of 64 MiB")
                .isEqualTo(413);
    }
}
