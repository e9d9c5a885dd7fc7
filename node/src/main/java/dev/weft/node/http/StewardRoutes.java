package dev.weft.node.http;

import com.google.gson.JsonObject;
import dev.weft.node.config.NodeConfig;
import dev.weft.proto.Reason;
import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.SameSite;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The data steward's page and the way into it: a code from a token, a session from a code. */
public final class StewardRoutes extends RouteGroup {
    static final String COOKIE = "weft_steward";
    static final String KEY = "Weft-Session";

    /** Nothing comes from elsewhere, nothing is evaluated, nobody frames the page. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
            + " require-trusted-types-for 'script'; trusted-types 'none'";

    private static final Map<String, String> FILES = Map.of(
            "index.html", "text/html; charset=utf-8",
            "icon.svg", "image/svg+xml",
            "style.css", "text/css; charset=utf-8",
            "app.js", "text/javascript; charset=utf-8",
            "api.js", "text/javascript; charset=utf-8",
            "dom.js", "text/javascript; charset=utf-8",
            "disclosure.js", "text/javascript; charset=utf-8",
            "link.js", "text/javascript; charset=utf-8",
            "release.js", "text/javascript; charset=utf-8");

    private final Sessions sessions;
    private final NodeConfig.Http config;

    /** Over the sessions that the server asks. */
    public StewardRoutes(Tokens tokens, NodeConfig.Http config) {
        this.sessions = tokens.sessions();
        this.config = config;
    }

    @Override
    List<Route> routes() {
        return List.of(
                Route.get("/steward", Set.of(), ctx -> file(ctx, "index.html")),
                Route.get("/steward/{file}", Set.of(), ctx -> file(ctx, ctx.pathParam("file"))),
                Route.post("/v1/steward/login", Set.of(Scope.STEWARD), this::login),
                Route.post("/v1/steward/session", Set.of(), this::open),
                Route.delete("/v1/steward/session", Set.of(Scope.STEWARD), this::end));
    }

    private void login(Context ctx) {
        JsonObject body = new JsonObject();
        // Behind the #, so that it is in no server's log and in no Referer.
        body.addProperty("path", "/steward#" + sessions.code(LocalApi.grant(ctx).name()));
        body.addProperty("seconds", Sessions.CODE_LIFE.toSeconds());
        Json.answer(ctx, 201, body);
    }

    private void open(Context ctx) {
        String code = Json.text(Json.object(Json.body(ctx, config.maxBodyBytes())), "code");
        Sessions.Opened opened = sessions.open(code)
                .orElseThrow(() -> new ApiException(
                        401,
                        Reason.UNAUTHENTICATED,
                        "this address was used or is too old; 'weft-node steward' prints a new one"));
        Cookie cookie = new Cookie(COOKIE, opened.cookie());
        cookie.setPath("/v1");
        cookie.setHttpOnly(true);
        cookie.setSecure(config.tls().isPresent());
        cookie.setSameSite(SameSite.STRICT);
        ctx.cookie(cookie);
        JsonObject body = new JsonObject();
        body.addProperty("person", opened.person());
        body.addProperty("key", opened.key());
        Json.answer(ctx, 201, body);
    }

    private void end(Context ctx) {
        Optional.ofNullable(ctx.cookie(COOKIE)).ifPresent(sessions::end);
        ctx.removeCookie(COOKIE, "/v1");
        ctx.status(204);
    }

    private static void file(Context ctx, String name) throws IOException {
        String type = FILES.get(name);
        if (type == null) {
            throw new ApiException(404, Reason.NOT_FOUND, "the page has no such file; it begins at /steward");
        }
        try (InputStream in =
                Objects.requireNonNull(StewardRoutes.class.getResourceAsStream("/web/steward/" + name), name)) {
            ctx.header("Content-Security-Policy", POLICY)
                    .header("Referrer-Policy", "no-referrer")
                    .header("X-Frame-Options", "DENY")
                    .header("Cross-Origin-Opener-Policy", "same-origin")
                    .header("Cross-Origin-Resource-Policy", "same-origin")
                    .contentType(type)
                    .result(in.readAllBytes());
        }
    }
}
