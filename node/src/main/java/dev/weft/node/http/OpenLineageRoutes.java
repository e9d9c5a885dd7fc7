package dev.weft.node.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.node.capture.openlineage.OpenLineageEvent;
import dev.weft.node.capture.openlineage.OpenLineageEvent.Read;
import dev.weft.node.capture.openlineage.OpenLineageIntake;
import dev.weft.node.config.NodeConfig;
import dev.weft.node.record.Recorded;
import dev.weft.node.record.Recorder;
import dev.weft.proto.VerificationException;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Takes OpenLineage events where their clients send them: {@code OPENLINEAGE_URL} is this server, {@code
 * OPENLINEAGE_API_KEY} a token that captures. Answers as the specification's OpenAPI document has it.
 */
public final class OpenLineageRoutes extends RouteGroup {
    private static final Set<Scope> CAPTURE = Set.of(Scope.CAPTURE);
    /** Bytes of an event: what other receivers take, and more than any other record, since Spark sends its plans. */
    private static final long MAX_EVENT = 5L << 20;

    private final OpenLineageIntake intake;
    private final NodeConfig.Http config;

    public OpenLineageRoutes(Recorder recorder, NodeConfig.Http config) {
        this.intake = new OpenLineageIntake(recorder);
        this.config = config;
    }

    @Override
    List<Route> routes() {
        return List.of(
                Route.post("/api/v1/lineage", CAPTURE, this::event),
                Route.post("/api/v1/lineage/batch", CAPTURE, this::batch));
    }

    private void event(Context ctx) throws VerificationException {
        String body = Json.body(ctx, Math.min(MAX_EVENT, config.maxBatchBytes()));
        List<Read> read = OpenLineageEvent.read(body);
        if (body.stripLeading().startsWith("[")) {
            many(ctx, read); // some producers send a list here
            return;
        }
        if (read.get(0) instanceof Read.Understood understood) {
            CompletableFuture<Recorded> recorded =
                    intake.record(List.of(understood.event())).get(0);
            ctx.future(() -> recorded.thenAccept(done -> answer(ctx, done)));
        } else if (read.get(0) instanceof Read.Refused refused) {
            throw refused.why();
        }
    }

    private static void answer(Context ctx, Recorded done) {
        JsonObject body = new JsonObject();
        body.addProperty("record", done.id());
        body.addProperty("duplicate", done.duplicate());
        Json.answer(ctx, done.duplicate() ? 200 : 201, body);
    }

    private void batch(Context ctx) throws VerificationException {
        many(ctx, OpenLineageEvent.read(Json.body(ctx, config.maxBatchBytes())));
    }

    private void many(Context ctx, List<Read> read) {
        List<OpenLineageEvent> understood = new ArrayList<>();
        for (Read one : read) {
            if (one instanceof Read.Understood good) {
                understood.add(good.event());
            }
        }
        List<CompletableFuture<Recorded>> answers = intake.record(understood);
        CompletableFuture<Void> all = CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .exceptionally(ignored -> null);
        ctx.future(() -> all.thenRun(() -> Json.answer(ctx, summary(read, answers))));
    }

    private static JsonObject summary(List<Read> read, List<CompletableFuture<Recorded>> answers) {
        JsonArray failed = new JsonArray();
        int next = 0;
        for (int n = 0; n < read.size(); n++) {
            if (read.get(n) instanceof Read.Refused refused) {
                failed.add(failure(n, refused.why()));
            } else {
                CompletableFuture<Recorded> answer = answers.get(next++);
                if (answer.isCompletedExceptionally()) {
                    failed.add(failure(n, answer.handle((done, why) -> why).join()));
                }
            }
        }
        JsonObject counts = new JsonObject();
        counts.addProperty("received", read.size());
        counts.addProperty("successful", read.size() - failed.size());
        counts.addProperty("failed", failed.size());
        JsonObject body = new JsonObject();
        body.addProperty("status", failed.isEmpty() ? "success" : "partial_success");
        body.add("summary", counts);
        body.add("failed_events", failed);
        return body;
    }

    private static JsonObject failure(int index, Throwable why) {
        JsonObject problem = Problems.describe(why);
        JsonObject failure = new JsonObject();
        failure.addProperty("index", index);
        failure.addProperty(
                "reason",
                problem.get("reason").getAsString() + ": "
                        + problem.get("message").getAsString());
        failure.addProperty("retriable", Problems.isPassing(why));
        return failure;
    }
}
