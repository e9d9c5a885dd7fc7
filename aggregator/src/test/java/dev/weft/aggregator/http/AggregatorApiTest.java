package dev.weft.aggregator.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weft.aggregator.Lab;
import dev.weft.aggregator.accept.AdminActions;
import dev.weft.aggregator.ask.Asker;
import dev.weft.aggregator.config.HostPort;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The HTTP door over a real federation: who may enter, and what a refusal says. */
class AggregatorApiTest {
    private static final String TOKEN = "secret";

    @TempDir
    Path directory;

    private final HttpClient client = HttpClient.newHttpClient();
    private Lab lab;
    private Asker asker;
    private AdminActions actions;
    private AggregatorApi api;
    private volatile Optional<String> trouble = Optional.empty();

    @BeforeEach
    void serve() throws Exception {
        lab = new Lab(directory.resolve("federation"));
        var federation = lab.federation();
        asker = new Asker(
                federation.database().readers(),
                federation.appender().published(),
                federation.federation().id(),
                federation.federation().key(),
                () -> false);
        actions = new AdminActions(federation.appender());
        PrometheusRegistry metrics = federation.metrics().registry();
        api = new AggregatorApi(
                HostPort.parse("127.0.0.1:0").orElseThrow(),
                TOKEN,
                new AggregatorApi.Parts(asker, actions, JsonObject::new, () -> trouble, metrics));
        api.start();
    }

    @AfterEach
    void close() {
        api.close();
        lab.close();
    }

    @Test
    void unknownQueryParameter_isRefused() throws Exception {
        HttpResponse<String> refused = get("/v1/status?pretty=1", TOKEN);

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused).get("reason").getAsString()).isEqualTo("unknown-field");
        assertThat(refused.body()).contains("'pretty'", "takes none");
    }

    @Test
    void whatIsNoHttp_isRefusedInTheSameForm() throws Exception {
        for (String request : new String[] {"GARBAGE\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n"}) {
            try (Socket socket =
                    new Socket(InetAddress.getLoopbackAddress(), api.address().port())) {
                socket.setSoTimeout(10_000);
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                socket.shutdownOutput();
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(answer).startsWith("HTTP/1.1 4").doesNotContain("<", "Jetty", "Exception");
                assertThat(answer).contains("{\"reason\":\"malformed\"", "\"message\":\"");
            }
        }
    }

    @Test
    void routes_areThoseOfTheDescription() throws Exception {
        Set<String> described = new TreeSet<>();
        JsonObject paths = json(get("/openapi.json", "")).getAsJsonObject("paths");
        paths.keySet()
                .forEach(path -> paths.getAsJsonObject(path)
                        .keySet()
                        .forEach(method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path)));
        Set<String> routes = new TreeSet<>();
        new Routes(new AggregatorApi.Parts(asker, actions, JsonObject::new, Optional::empty, new PrometheusRegistry()))
                .all()
                .forEach(route -> routes.add(route.method() + " " + route.path()));
        assertThat(routes).isEqualTo(described);
    }

    @Test
    void withoutTheToken_onlyHealthAndDescriptionAnswer() throws Exception {
        for (String open : Set.of("/healthz", "/readyz", "/openapi.json")) {
            assertThat(get(open, "").statusCode()).isEqualTo(200);
        }
        for (String token : Set.of("", "wrong")) {
            for (String closed : Set.of("/v1/status", "/metrics")) {
                refused(401, "unauthenticated", get(closed, token));
            }
            refused(401, "unauthenticated", post("/v1/ask", token, "{\"rounds\":{}}"));
            refused(401, "unauthenticated", post("/v1/admin/suspend", token, "{\"member\":\"anna\"}"));
        }
        assertThat(get("/metrics", TOKEN).statusCode()).isEqualTo(200);
    }

    @Test
    void readiness_followsTheLog() throws Exception {
        assertThat(json(get("/readyz", "")).get("state").getAsString()).isEqualTo("ready");
        trouble = Optional.of("disk-full: no room");
        HttpResponse<String> unready = get("/readyz", "");
        assertThat(unready.statusCode()).isEqualTo(503);
        assertThat(json(unready).get("state").getAsString()).isEqualTo("unready");
        assertThat(json(unready).get("detail").getAsString()).isEqualTo("disk-full: no room");
        assertThat(get("/healthz", "").statusCode()).isEqualTo(200);
    }

    @Test
    void question_isAnsweredAsJson() throws Exception {
        var answers = json(post("/v1/ask", TOKEN, "{\"rounds\":{}}")).getAsJsonArray("answers");
        assertThat(answers.get(0).getAsJsonObject().has("head")).isTrue();
        assertThat(answers.get(answers.size() - 1).getAsJsonObject().has("end")).isTrue();
    }

    @Test
    void badRequests_haveReasonAndSentence() throws Exception {
        refused(400, "malformed", post("/v1/ask", TOKEN, "{"));
        refused(400, "malformed", post("/v1/ask", TOKEN, "{\"nonsense\":1}"));
        refused(400, "missing-field", post("/v1/ask", TOKEN, "{}"));
        refused(404, "not-found", post("/v1/ask", TOKEN, "{\"lineage\":{\"of\":\"line/1\"}}"));
        refused(400, "missing-field", post("/v1/admin/suspend", TOKEN, "{}"));
        refused(400, "bad-name", post("/v1/admin/suspend", TOKEN, "{\"member\":\"Anna!\"}"));
        refused(413, "too-large", post("/v1/ask", TOKEN, " ".repeat(Bodies.LIMIT + 1)));
        refused(404, "not-found", get("/nowhere", TOKEN));
        refused(405, "method-not-allowed", get("/v1/ask", TOKEN));
    }

    @Test
    void memberIsSuspendedAndResumed() throws Exception {
        lab.join("anna");
        HttpResponse<String> suspended = post("/v1/admin/suspend", TOKEN, "{\"member\":\"anna\"}");
        assertThat(suspended.statusCode()).as(suspended.body()).isEqualTo(200);
        assertThat(json(suspended).get("index").getAsLong()).isPositive();
        long size = lab.federation().readers().size();
        refused(400, "bad-value", post("/v1/admin/suspend", TOKEN, "{\"member\":\"anna\"}"));
        assertThat(lab.federation().readers().size()).isEqualTo(size);
        assertThat(post("/v1/admin/resume", TOKEN, "{\"member\":\"anna\"}").statusCode())
                .isEqualTo(200);
        refused(400, "bad-value", post("/v1/admin/resume", TOKEN, "{\"member\":\"anna\"}"));
    }

    @Test
    void revokedMember_isNeitherSuspendedNorResumed() throws Exception {
        lab.join("anna");
        lab.revoke("anna");
        long size = lab.federation().readers().size();
        refused(422, "revoked", post("/v1/admin/suspend", TOKEN, "{\"member\":\"anna\"}"));
        refused(422, "revoked", post("/v1/admin/resume", TOKEN, "{\"member\":\"anna\"}"));
        assertThat(lab.federation().readers().size()).isEqualTo(size);
    }

    @Test
    void foreignHostOrOrigin_isRefused() throws Exception {
        assertThat(raw("evil.example", "")).startsWith("HTTP/1.1 403");
        assertThat(raw("127.0.0.1:" + api.address().port(), "Origin: http://evil.example\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(raw("localhost:" + api.address().port(), "")).startsWith("HTTP/1.1 200");
    }

    private String raw(String host, String headers) throws Exception {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), api.address().port())) {
            String request = "GET /healthz HTTP/1.1\r\nHost: " + host + "\r\n" + headers + "Connection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
        }
    }

    private static void refused(int status, String reason, HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(json(response).get("reason").getAsString()).isEqualTo(reason);
        assertThat(json(response).get("message").getAsString()).isNotBlank().doesNotContain("Exception");
    }

    private static JsonObject json(HttpResponse<String> response) {
        return JsonParser.parseString(response.body()).getAsJsonObject();
    }

    private HttpResponse<String> get(String path, String token) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)).GET(), token);
    }

    private HttpResponse<String> post(String path, String token, String body) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofString(body)), token);
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String token) throws Exception {
        HttpRequest.Builder sent = token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
        return client.send(sent.build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + api.address().port() + path);
    }
}
