package dev.weft.node.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.node.config.NodeConfig;
import dev.weft.node.db.NodeDatabase;
import dev.weft.node.http.Http.Reply;
import dev.weft.node.telemetry.Metrics;
import dev.weft.node.upkeep.Backup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalApiTest {
    @TempDir
    Path directory;

    private NodeConfig config;
    private NodeDatabase database;
    private Tokens tokens;
    private LocalApi api;
    private volatile Optional<String> unready = Optional.empty();

    @BeforeEach
    void open() throws Exception {
        config = NodeConfig.load(
                directory,
                Map.of("WEFT_HTTP_TLS_KEYSTORE_PASSWORD", "hush-hush"),
                Map.of("http.address", "127.0.0.1:0", "http.max-body-bytes", "2048", "http.threads", "6"));
        database = NodeDatabase.open(directory);
        tokens = new Tokens(database.writer(), database.readers(), new SecureRandom(), InstantSource.system());
        Metrics metrics = new Metrics();
        StatusRoutes.Health health = new StatusRoutes.Health() {
            @Override
            public JsonObject status() {
                JsonObject status = new JsonObject();
                status.addProperty("member", "hospital-a");
                return status;
            }

            @Override
            public Optional<String> unready() {
                return unready;
            }
        };
        api = new LocalApi(
                config.http(),
                tokens,
                metrics,
                List.of(
                        new StatusRoutes(health, metrics),
                        new AdminRoutes(config, tokens, new Backup(directory, database::backup))),
                Duration.ofMillis(500));
        api.start();
    }

    @AfterEach
    void close() throws IOException {
        api.close();
        database.close();
    }

    @Test
    void unknownQueryParameter_isRefusedNamingTheNearest() throws Exception {
        String token = tokens.add("ops", List.of(Scope.ADMIN, Scope.READ));

        Reply none = new Http(api.address()).get("/v1/status?verbose=1", token);
        assertThat(none.status()).isEqualTo(400);
        assertThat(none.reason()).isEqualTo("unknown-field");
        assertThat(none.body()).contains("'verbose'", "takes none");
        assertThat(new Http(api.address()).get("/healthz?x", token).status()).isEqualTo(400);
    }

    @Test
    void whatIsNoHttp_isRefusedInTheSameForm() throws Exception {
        for (String request : List.of(
                "GARBAGE\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /v1/status HTTP/1.1\r\n\r\n",
                "GET /a/../../etc HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /v1/status HTTP/9.9\r\nHost: localhost\r\n\r\n",
                "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(20_000) + "\r\n\r\n")) {
            try (Socket socket =
                    new Socket(InetAddress.getLoopbackAddress(), api.address().port())) {
                socket.setSoTimeout(10_000);
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                socket.shutdownOutput();
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                String asked = request.substring(0, Math.min(40, request.length()));
                assertThat(answer)
                        .as(asked)
                        .matches("(?s)HTTP/1.1 (4|505).*")
                        .doesNotContain("<", "Jetty", "Exception", "internal");
                assertThat(answer.substring(answer.indexOf("\r\n\r\n")))
                        .as(asked)
                        .contains("{\"reason\":\"", "\"message\":\"");
            }
        }
    }

    private Reply send(String method, String path, Map<String, String> headers, String body) throws IOException {
        return new Http(api.address()).send(method, path, headers, body);
    }

    private Reply get(String path, String token) throws IOException {
        return send("GET", path, Map.of("Authorization", "Bearer " + token), "");
    }

    private Reply post(String path, String token, String body) throws IOException {
        return send("POST", path, Map.of("Authorization", "Bearer " + token), body);
    }

    private String token(String name, Scope... scopes) {
        return tokens.add(name, List.of(scopes));
    }

    @Test
    void health_needsNoToken() throws IOException {
        assertThat(send("GET", "/healthz", Map.of(), "").status()).isEqualTo(200);
        assertThat(send("GET", "/readyz", Map.of(), "").status()).isEqualTo(200);
        unready = Optional.of("the disk is full");
        Reply reply = send("GET", "/readyz", Map.of(), "");
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.body()).contains("the disk is full");
    }

    @Test
    void requestWithoutToken_isRefused() throws IOException {
        Reply reply = send("GET", "/v1/status", Map.of(), "");
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.reason()).isEqualTo("unauthenticated");
        assertThat(get("/v1/status", "weft_wrong").status()).isEqualTo(401);
    }

    @Test
    void whoami_anyToken_isToldWhoseNodeItIsAndNoMore() throws Exception {
        for (Scope scope : Scope.values()) {
            Reply reply = get("/v1/whoami", token("tool-" + scope.code(), scope));
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.body()).isEqualTo("{\"member\":\"hospital-a\"}");
        }
        assertThat(get("/v1/whoami", "weft_wrong").status()).isEqualTo(401);
    }

    @Test
    void captureToken_cannotRead() throws IOException {
        Reply reply = get("/v1/status", token("flower", Scope.CAPTURE));
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.reason()).isEqualTo("scope-missing");
    }

    @Test
    void noScope_includesAnother() throws IOException {
        assertThat(get("/v1/status", token("admin", Scope.ADMIN)).status()).isEqualTo(403);
        assertThat(get("/v1/tokens", token("reader", Scope.READ)).status()).isEqualTo(403);
        assertThat(get("/v1/status", token("both", Scope.READ, Scope.ADMIN)).status())
                .isEqualTo(200);
    }

    @Test
    void revokedToken_opensNothing() throws IOException {
        String token = token("reader", Scope.READ);
        assertThat(get("/v1/status", token).status()).isEqualTo(200);
        String admin = token("admin", Scope.ADMIN);
        assertThat(send("DELETE", "/v1/tokens/reader", Map.of("Authorization", "Bearer " + admin), "")
                        .status())
                .isEqualTo(204);
        assertThat(get("/v1/status", token).status()).isEqualTo(401);
    }

    @Test
    void token_survivesARestartAndIsKeptAsAHashOnly() throws Exception {
        String token = token("reader", Scope.READ);
        Tokens again = new Tokens(database.writer(), database.readers(), new SecureRandom(), InstantSource.system());
        assertThat(again.find(token)).map(TokenGrant::name).contains("reader");
        database.backup(directory.resolve("copy.db"));
        assertThat(new String(Files.readAllBytes(directory.resolve("copy.db")), StandardCharsets.ISO_8859_1))
                .doesNotContain(token.substring(5));
    }

    @Test
    void tokenMadeOverTheApi_works() throws IOException {
        String admin = token("admin", Scope.ADMIN);
        Reply made = post("/v1/tokens", admin, "{\"name\":\"maria\",\"scope\":\"read,steward\"}");
        assertThat(made.status()).isEqualTo(201);
        assertThat(get("/v1/status", made.json().get("token").getAsString()).status())
                .isEqualTo(200);
        assertThat(post("/v1/tokens", admin, "{\"name\":\"maria\",\"scope\":\"read\"}")
                        .status())
                .isEqualTo(409);
        assertThat(post("/v1/tokens", admin, "{\"name\":\"No Name\",\"scope\":\"read\"}")
                        .reason())
                .isEqualTo("bad-name");
        assertThat(post("/v1/tokens", admin, "{\"name\":\"x\",\"scope\":\"everything\"}")
                        .reason())
                .isEqualTo("bad-value");
        assertThat(get("/v1/tokens", admin).body())
                .doesNotContain(made.json().get("token").getAsString());
    }

    @Test
    void foreignHost_isRefused() throws IOException {
        for (String host : List.of("evil.example", "evil.example:7878", "127.0.0.1.evil.example", "")) {
            Reply reply = send("GET", "/healthz", Map.of("Host", host), "");
            assertThat(reply.status()).as(host).isIn(400, 403);
        }
        assertThat(send("GET", "/healthz", Map.of("Host", "localhost:1"), "").status())
                .isEqualTo(200);
        assertThat(send("GET", "/healthz", Map.of("Host", "[::1]:1"), "").status())
                .isEqualTo(200);
    }

    @Test
    void foreignOrigin_isRefused() throws IOException {
        String own = "http://" + api.address();
        assertThat(send("GET", "/healthz", Map.of("Origin", own), "").status()).isEqualTo(200);
        for (String origin : List.of("http://evil.example", "null", "https://" + api.address(), "http://localhost:1")) {
            Reply reply = send("GET", "/healthz", Map.of("Origin", origin), "");
            assertThat(reply.status()).as(origin).isEqualTo(403);
            assertThat(reply.reason()).isEqualTo("foreign-origin");
        }
    }

    @Test
    void body_isTakenUpToItsLimit() throws IOException {
        String admin = token("admin", Scope.ADMIN);
        String body = "{\"name\":\"a\",\"scope\":\"read\"}";
        assertThat(post("/v1/tokens", admin, body + " ".repeat(2048 - body.length()))
                        .status())
                .isEqualTo(201);
        Reply reply = post("/v1/tokens", admin, body + " ".repeat(2049 - body.length()));
        assertThat(reply.status()).isEqualTo(413);
        assertThat(reply.reason()).isEqualTo("too-large");
    }

    private Socket begin(String admin) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), api.address().port());
        socket.setSoTimeout(5_000);
        socket.getOutputStream()
                .write(("POST /v1/tokens HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + admin
                                + "\r\nContent-Length: 100\r\n\r\n{")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String answer(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void bodyThatDoesNotCome_isStalled() throws IOException {
        try (Socket socket = begin(token("admin", Scope.ADMIN))) {
            assertThat(answer(socket)).startsWith("HTTP/1.1 408").contains("stalled");
        }
    }

    @Test
    void bodyThatDrips_isStalledToo() throws Exception {
        try (Socket socket = begin(token("admin", Scope.ADMIN))) {
            for (int i = 0; i < 12 && socket.getInputStream().available() == 0; i++) {
                socket.getOutputStream().write(' ');
                Thread.sleep(100);
            }
            assertThat(answer(socket)).startsWith("HTTP/1.1 408").contains("stalled");
        }
    }

    @Test
    void bodyThatEndsTooEarly_isMalformed() throws IOException {
        try (Socket socket = begin(token("admin", Scope.ADMIN))) {
            socket.shutdownOutput();
            assertThat(answer(socket)).startsWith("HTTP/1.1 400").contains("malformed");
        }
    }

    @Test
    void slowBodies_leaveThreadsForOthers() throws Exception {
        String admin = token("admin", Scope.ADMIN);
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 12; i++) {
                slow.add(begin(admin));
            }
            assertThat(send("GET", "/healthz", Map.of(), "").status()).isEqualTo(200);
            List<String> answers = new ArrayList<>();
            for (Socket socket : slow) {
                answers.add(answer(socket).substring(0, 12));
            }
            assertThat(answers).contains("HTTP/1.1 503", "HTTP/1.1 408").doesNotContain("HTTP/1.1 500");
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
        assertThat(post("/v1/tokens", admin, "{\"name\":\"a\",\"scope\":\"read\"}")
                        .status())
                .isEqualTo(201);
    }

    @Test
    void malformedBody_isRefusedWithASentence() throws IOException {
        String admin = token("admin", Scope.ADMIN);
        for (String body : List.of("", "x", "[]", "{", "{\"name\":1}", "{'name':'a'}", "{} {}", "{\"name\":\"a\"} x")) {
            Reply reply = post("/v1/tokens", admin, body);
            assertThat(reply.status()).as(body).isEqualTo(400);
            assertThat(reply.json().get("message").getAsString()).isNotBlank();
            assertThat(reply.body()).doesNotContain("Exception");
        }
    }

    @Test
    void unknownPath_isNotFound() throws IOException {
        Reply reply = send("GET", "/v1/nothing", Map.of(), "");
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.reason()).isEqualTo("not-found");
    }

    @Test
    void configOverTheApi_masksSecrets() throws IOException {
        Reply reply = get("/v1/config", token("admin", Scope.ADMIN));
        assertThat(reply.body()).contains("********").doesNotContain("hush");
        JsonArray settings = reply.json().getAsJsonArray("settings");
        assertThat(settings.get(0).getAsJsonObject().has("origin")).isTrue();
    }

    @Test
    void backup_holdsNoAnchorAndRefusesAFullTarget(@TempDir Path elsewhere) throws IOException {
        Files.writeString(directory.resolve("node.anchor"), "anchor");
        Files.writeString(directory.resolve("node.properties"), "");
        String admin = token("admin", Scope.ADMIN);
        Path target = elsewhere.resolve("copy");
        String body = "{\"directory\":\"" + target + "\"}";
        assertThat(post("/v1/backup", admin, body).status()).isEqualTo(201);
        assertThat(target.resolve("node.db")).exists();
        assertThat(target.resolve("node.properties")).exists();
        assertThat(target.resolve("node.anchor")).doesNotExist();
        assertThat(target.resolve("node.lock")).doesNotExist();
        assertThat(post("/v1/backup", admin, body).status()).isEqualTo(409);
        assertThat(post("/v1/backup", admin, "{\"directory\":\"" + directory.resolve("in") + "\"}")
                        .status())
                .isEqualTo(409);
        assertThat(post("/v1/backup", admin, "{\"directory\":\"relative\"}").status())
                .isEqualTo(400);
    }

    @Test
    void metrics_countAnswers() throws IOException {
        String reader = token("reader", Scope.READ);
        assertThat(get("/v1/status", reader).status()).isEqualTo(200);
        assertThat(get("/metrics", reader).body()).contains("weft_node_http_requests_total{status=\"200\"}");
    }

    @Test
    void takenAddress_isSaid() throws Exception {
        NodeConfig.Http taken = NodeConfig.load(
                        directory,
                        Map.of(),
                        Map.of("http.address", api.address().toString()))
                .http();
        try (LocalApi second = new LocalApi(taken, tokens, new Metrics(), List.of())) {
            assertThatThrownBy(second::start)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("http.address " + api.address());
        }
    }
}
