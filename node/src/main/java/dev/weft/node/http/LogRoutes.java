package dev.weft.node.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.weft.node.witness.Finality;
import dev.weft.node.witness.SharedLog;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.bundle.LogEntries;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Note;
import dev.weft.proto.note.TlogPolicy;
import io.javalin.http.Context;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.sql.DataSource;

/** The shared log as this node knows it: the checkpoint that it verified, and entries for whoever compares them with it. */
public final class LogRoutes extends RouteGroup {
    private static final Set<Scope> READ = Set.of(Scope.READ);
    private static final int PATIENCE_SECONDS = 20;

    private final Checkpoints checkpoints;
    private final Comparisons comparisons;
    private final LogEntries entries;

    /** What this node holds of the log's heads. */
    public record Checkpoints(SharedLog sharedLog, Finality finality, DataSource reads) {}

    /** How what others were shown compares with what this node holds. */
    public record Comparisons(
            Function<ByteString, CompletableFuture<String>> note,
            Function<ByteString, CompletableFuture<String>> statement) {}

    public LogRoutes(Checkpoints checkpoints, Comparisons comparisons, LogEntries entries) {
        this.checkpoints = checkpoints;
        this.comparisons = comparisons;
        this.entries = entries;
    }

    @Override
    List<Route> routes() {
        return List.of(
                Route.get("/v1/log/checkpoint", READ, this::checkpoint),
                Route.get("/v1/log/entries", READ, this::entries),
                Route.post("/v1/log/compare", READ, this::compare));
    }

    private void checkpoint(Context ctx) throws SQLException, VerificationException {
        SharedLog sharedLog = checkpoints.sharedLog();
        TreeHead held = sharedLog.held();
        JsonObject body = new JsonObject();
        try (Connection connection = checkpoints.reads().getConnection()) {
            String note = sharedLog
                    .note(connection, held.size())
                    .map(ByteString::toStringUtf8)
                    .orElseThrow(() -> new ApiException(
                            503, Reason.UNAVAILABLE, "this node holds no checkpoint yet; wait until it has delivered"));
            body.addProperty("size", held.size());
            body.addProperty("root", held.root().hex());
            body.addProperty("note", note);
        }
        checkpoints
                .finality()
                .served()
                .map(ByteString::toStringUtf8)
                .ifPresent(cosigned -> body.addProperty("finalNote", cosigned));
        checkpoints
                .finality()
                .view()
                .inForce()
                .flatMap(inForce -> inForce.stated().policy())
                .ifPresent(policy -> body.addProperty("witnesses", TlogPolicy.print(policy)));
        Json.answer(ctx, body);
    }

    private void compare(Context ctx) throws Exception {
        JsonObject asked = Json.object(Json.body(ctx, 2L * Note.MAX_BYTES));
        CompletableFuture<String> answer = asked.has("statement")
                ? comparisons.statement().apply(Json.bytes(asked, "statement"))
                : comparisons.note().apply(ByteString.copyFromUtf8(Json.text(asked, "note")));
        JsonObject body = new JsonObject();
        try {
            body.addProperty("result", answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof VerificationException refused) {
                throw refused;
            }
            throw e;
        }
        Json.answer(ctx, body);
    }

    private void entries(Context ctx) {
        long first = Query.number(ctx, "first", 0, 0, Long.MAX_VALUE - 1);
        int count = (int) Query.number(ctx, "count", Query.PAGE, 1, LogEntries.MAX);
        JsonArray found = new JsonArray();
        try {
            for (ByteString entry : entries.entries(first, count)) {
                found.add(Base64.getEncoder().encodeToString(entry.toByteArray()));
            }
        } catch (VerificationException e) {
            throw new ApiException(
                    e.reason() == Reason.NOT_FOUND ? 404 : 503, e.reason(), String.valueOf(e.getMessage()));
        }
        JsonObject body = new JsonObject();
        body.addProperty("first", first);
        body.add("entries", found);
        Json.answer(ctx, body);
    }
}
