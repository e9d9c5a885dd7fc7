package dev.weft.aggregator.http;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.weft.aggregator.accept.Accepted;
import dev.weft.aggregator.accept.AdminActions;
import dev.weft.aggregator.ask.Asker;
import dev.weft.proto.Reason;
import dev.weft.proto.v1.Answer;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** The lines of the API, in the order of its description. */
final class Routes {
    private static final int APPEND_SECONDS = 20;

    private final Asker asker;
    private final AdminActions actions;
    private final Supplier<JsonObject> status;
    private final Supplier<Optional<String>> trouble;
    private final PrometheusRegistry metrics;

    /**
     * One line.
     *
     * @param open whether it answers without the token
     */
    record Route(HandlerType method, String path, boolean open, Handler handler) {}

    Routes(AggregatorApi.Parts parts) {
        this.asker = parts.asker();
        this.actions = parts.actions();
        this.status = parts.status();
        this.trouble = parts.trouble();
        this.metrics = parts.metrics();
    }

    List<Route> all() {
        return List.of(
                new Route(HandlerType.POST, "/v1/ask", false, this::ask),
                new Route(HandlerType.GET, "/v1/status", false, ctx -> json(ctx, status.get())),
                new Route(
                        HandlerType.POST,
                        "/v1/admin/suspend",
                        false,
                        ctx -> appended(ctx, actions.suspend(Bodies.member(ctx)))),
                new Route(
                        HandlerType.POST,
                        "/v1/admin/resume",
                        false,
                        ctx -> appended(ctx, actions.resume(Bodies.member(ctx)))),
                new Route(
                        HandlerType.POST,
                        "/v1/admin/statement",
                        false,
                        ctx -> appended(ctx, actions.statement(ByteString.copyFrom(Bodies.bytes(ctx))))),
                new Route(HandlerType.GET, "/openapi.json", true, Routes::description),
                new Route(HandlerType.GET, "/healthz", true, ctx -> word(ctx, "alive", "the process answers")),
                new Route(HandlerType.GET, "/readyz", true, this::ready),
                new Route(HandlerType.GET, "/metrics", false, this::metrics));
    }

    private void ask(Context ctx) throws Exception {
        List<String> parts = new ArrayList<>();
        asker.ask(Bodies.question(ctx), part -> parts.add(print(part)));
        ctx.contentType("application/json").result("{\"answers\":[" + String.join(",", parts) + "]}");
    }

    private static String print(Answer part) {
        try {
            return JsonFormat.printer().omittingInsignificantWhitespace().print(part);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("An answer cannot be printed", e);
        }
    }

    /** Answers once the statement is durable and public. */
    private static void appended(Context ctx, CompletableFuture<Accepted> appending) throws Exception {
        try {
            JsonObject body = new JsonObject();
            body.addProperty(
                    "index", appending.get(APPEND_SECONDS, TimeUnit.SECONDS).index());
            json(ctx, body);
        } catch (TimeoutException e) {
            throw new ApiException(
                    503,
                    Reason.BUSY,
                    "The statement is not durable yet; ask for the status, it may still be appended.");
        }
    }

    private void metrics(Context ctx) throws IOException {
        PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.builder().build();
        ctx.contentType(writer.getContentType());
        writer.write(ctx.outputStream(), metrics.scrape());
    }

    private void ready(Context ctx) {
        Optional<String> unready = trouble.get();
        if (unready.isPresent()) {
            ctx.status(503);
        }
        word(ctx, unready.isPresent() ? "unready" : "ready", unready.orElse("statements are taken"));
    }

    private static void word(Context ctx, String state, String detail) {
        JsonObject body = new JsonObject();
        body.addProperty("state", state);
        body.addProperty("detail", detail);
        json(ctx, body);
    }

    private static void json(Context ctx, JsonObject body) {
        ctx.contentType("application/json").result(body.toString());
    }

    private static void description(Context ctx) {
        ctx.contentType("application/json").result(openApi());
    }

    /** How the API describes itself. */
    static String openApi() {
        try (InputStream in = Objects.requireNonNull(Routes.class.getResourceAsStream("/openapi.json"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // it lies in this program's own jar
        }
    }
}
