package dev.weft.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.weft.node.Site;
import dev.weft.node.release.ReleasePolicy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way into the steward page, and who does not get in. */
class StewardPageTest {

    @TempDir
    Path directory;

    private final HttpClient browser = HttpClient.newHttpClient();
    private Site site;
    private WholeApi whole;
    private Http http;
    private String steward;

    @BeforeEach
    void open() throws Exception {
        site = Site.of(directory);
        whole = new WholeApi(site, ReleasePolicy.DEFAULT);
        whole.api.start();
        http = new Http(whole.api.address());
        steward = whole.tokens.add("dr-grant", List.of(Scope.STEWARD, Scope.READ));
    }

    @AfterEach
    void close() throws Exception {
        whole.close();
        site.close();
    }

    private String code() throws Exception {
        String path =
                http.post("/v1/steward/login", steward, "").json().get("path").getAsString();
        assertThat(path).startsWith("/steward#");
        return path.substring("/steward#".length());
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        List<String> all = new ArrayList<>(List.of(headers));
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(whole.api.url() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!all.isEmpty()) {
            request.headers(all.toArray(String[]::new));
        }
        return browser.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private record Session(String cookie, String key) {}

    private Session session() throws Exception {
        HttpResponse<String> opened =
                send("POST", "/v1/steward/session", "{\"code\":\"" + code() + "\"}", "Origin", whole.api.url());
        assertThat(opened.statusCode()).isEqualTo(201);
        String cookie = opened.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).contains("HttpOnly", "SameSite=Strict", "Path=/v1").doesNotContain("Max-Age");
        JsonObject body = new Http.Reply(201, opened.body()).json();
        assertThat(body.get("person").getAsString()).isEqualTo("dr-grant");
        return new Session(
                cookie.substring(0, cookie.indexOf(';')), body.get("key").getAsString());
    }

    @Test
    void session_decidesAndDoesNothingElse() throws Exception {
        Session session = session();
        String[] both = {"Cookie", session.cookie(), "Weft-Session", session.key()};

        assertThat(send("GET", "/v1/release", "", both).statusCode()).isEqualTo(200);
        assertThat(send("POST", "/v1/release/99/approve", "{}", both).statusCode())
                .isEqualTo(404);
        assertThat(send("GET", "/v1/records", "", both).statusCode())
                .as("its person's token may read, the page need not")
                .isEqualTo(403);
        assertThat(send("GET", "/v1/tokens", "", both).statusCode()).isEqualTo(403);
    }

    @Test
    void cookieAlone_orKeyAlone_isNobody() throws Exception {
        Session session = session();

        assertThat(send("GET", "/v1/release", "", "Cookie", session.cookie()).statusCode())
                .as("another server on this machine may be sent the cookie")
                .isEqualTo(401);
        assertThat(send("GET", "/v1/release", "", "Weft-Session", session.key()).statusCode())
                .isEqualTo(401);
        assertThat(send("GET", "/v1/release", "", "Cookie", session.cookie(), "Weft-Session", "guess")
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void foreignPage_isRefusedEvenWithBoth() throws Exception {
        Session session = session();

        assertThat(send(
                                "POST",
                                "/v1/release/1/approve",
                                "{}",
                                "Cookie",
                                session.cookie(),
                                "Weft-Session",
                                session.key(),
                                "Origin",
                                "http://127.0.0.1:1")
                        .body())
                .contains("foreign-origin");
        assertThat(http.send("GET", "/steward", Map.of("Host", "evil.example"), "")
                        .status())
                .as("a name that was pointed here")
                .isEqualTo(403);
    }

    @Test
    void code_opensOneSessionForAStewardAlone() throws Exception {
        String code = code();
        String body = "{\"code\":\"" + code + "\"}";

        assertThat(send("POST", "/v1/steward/session", body).statusCode()).isEqualTo(201);
        assertThat(send("POST", "/v1/steward/session", body).statusCode()).isEqualTo(401);
        String reader = whole.tokens.add("reader", List.of(Scope.READ, Scope.ADMIN));
        assertThat(http.post("/v1/steward/login", reader, "").status()).isEqualTo(403);
    }

    @Test
    void tokenTakenBack_endsItsSessions() throws Exception {
        Session session = session();
        whole.tokens.revoke("dr-grant");

        assertThat(send("GET", "/v1/release", "", "Cookie", session.cookie(), "Weft-Session", session.key())
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void loggedOut_isNobody() throws Exception {
        Session session = session();
        String[] both = {"Cookie", session.cookie(), "Weft-Session", session.key()};

        assertThat(send("DELETE", "/v1/steward/session", "", both).statusCode()).isEqualTo(204);
        assertThat(send("GET", "/v1/release", "", both).statusCode()).isEqualTo(401);
    }

    @Test
    void page_loadsNothingFromElsewhereAndIsFramedByNobody() throws Exception {
        for (String file : List.of("", "/style.css", "/app.js", "/api.js", "/dom.js", "/release.js", "/link.js")) {
            HttpResponse<String> answer = send("GET", "/steward" + file, "");
            assertThat(answer.statusCode()).as(file).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .contains("default-src 'none'", "frame-ancestors 'none'");
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(answer.body().replace("https://weft.dev/", ""))
                    .as("no address of another server")
                    .doesNotContain("http://", "https://");
        }
        assertThat(send("GET", "/steward/..%2f..%2fopenapi.json", "").statusCode())
                .isGreaterThanOrEqualTo(400);
        assertThat(send("GET", "/steward/nothing.js", "").statusCode()).isEqualTo(404);
    }

    @Test
    void timePasses_codeAndSessionEnd() {
        Instant[] now = {Instant.parse("2026-11-21T08:00:00Z")};
        Sessions sessions = new Sessions(new SecureRandom(), () -> now[0]);
        String late = sessions.code("dr-grant");
        now[0] = now[0].plus(Sessions.CODE_LIFE).plusSeconds(1);
        assertThat(sessions.open(late)).isEmpty();

        Sessions.Opened idle = sessions.open(sessions.code("dr-grant")).orElseThrow();
        now[0] = now[0].plus(Sessions.IDLE).plusSeconds(1);
        assertThat(sessions.person(idle.cookie(), idle.key())).isEmpty();

        Sessions.Opened busy = sessions.open(sessions.code("dr-grant")).orElseThrow();
        Optional<String> person = Optional.of("dr-grant");
        for (Duration used = Duration.ZERO;
                used.compareTo(Sessions.LIFE) < 0;
                used = used.plusMinutes(20), now[0] = now[0].plusSeconds(1_200)) {
            assertThat(person).contains("dr-grant");
            person = sessions.person(busy.cookie(), busy.key());
        }
        now[0] = now[0].plusSeconds(1_200);
        assertThat(sessions.person(busy.cookie(), busy.key()))
                .as("also one that is used")
                .isEmpty();
    }
}
