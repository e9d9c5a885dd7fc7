package dev.weft.node.http;

import com.google.gson.JsonObject;
import dev.weft.node.telemetry.Metrics;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** How the node is, for people and for machines, and what this API is. */
public final class StatusRoutes extends RouteGroup {
    private static final List<String> WHO = List.of("member", "role", "federation", "federationName");

    /** What the root tells about the running node. */
    public interface Health {
        /** For {@code status}. */
        JsonObject status();

        /** Why nothing can be recorded now; empty where all is well. */
        Optional<String> unready();
    }

    private final Health health;
    private final Metrics metrics;

    public StatusRoutes(Health health, Metrics metrics) {
        this.health = health;
        this.metrics = metrics;
    }

    @Override
    List<Route> routes() {
        return List.of(
                Route.get("/v1/status", Set.of(Scope.READ), ctx -> Json.answer(ctx, health.status())),
                Route.get("/v1/whoami", EnumSet.allOf(Scope.class), this::whoami),
                Route.get("/openapi.json", Set.of(), StatusRoutes::description),
                Route.get(RecordSchema.PATH, Set.of(), StatusRoutes::recordSchema),
                Route.get("/healthz", Set.of(), ctx -> word(ctx, 200, "alive", "the process answers")),
                Route.get("/readyz", Set.of(), this::ready),
                Route.get("/metrics", Set.of(Scope.READ), this::metrics));
    }

    /** Any token may know whose node it talks to: a tool that captures says so to its coordinator. */
    private void whoami(Context ctx) {
        JsonObject status = health.status();
        JsonObject body = new JsonObject();
        WHO.stream().filter(status::has).forEach(name -> body.add(name, status.get(name)));
        Json.answer(ctx, body);
    }

    private void ready(Context ctx) {
        Optional<String> unready = health.unready();
        if (unready.isPresent()) {
            word(ctx, 503, "unready", unready.get());
        } else {
            word(ctx, 200, "ready", "records are taken");
        }
    }

    private static void word(Context ctx, int status, String state, String detail) {
        JsonObject body = new JsonObject();
        body.addProperty("state", state);
        body.addProperty("detail", detail);
        Json.answer(ctx, status, body);
    }

    private void metrics(Context ctx) {
        ctx.contentType(Metrics.CONTENT_TYPE).result(metrics.text());
    }

    private static void description(Context ctx) {
        ctx.contentType("application/json").result(openApi());
    }

    private static void recordSchema(Context ctx) {
        ctx.contentType("application/schema+json").result(RecordSchema.of(openApi()));
    }

    static String openApi() {
        try (InputStream in = Objects.requireNonNull(StatusRoutes.class.getResourceAsStream("/openapi.json"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // it lies in this program's own jar
        }
    }
}
