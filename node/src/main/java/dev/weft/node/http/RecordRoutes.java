package dev.weft.node.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.weft.node.capture.RecordJson;
import dev.weft.node.config.Nearest;
import dev.weft.node.config.NodeConfig;
import dev.weft.node.record.Direction;
import dev.weft.node.record.Kind;
import dev.weft.node.record.LineageRecord;
import dev.weft.node.record.RecordStore;
import dev.weft.node.record.Recorded;
import dev.weft.node.record.Recorder;
import dev.weft.node.record.RoundEvent;
import dev.weft.node.record.StoredRecord;
import dev.weft.node.release.RecordView;
import dev.weft.node.release.ReleasePolicy;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import io.javalin.http.Context;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Handing in records and round events, reading them, and the site's own lineage. */
public final class RecordRoutes extends RouteGroup {
    private static final Set<Scope> CAPTURE = Set.of(Scope.CAPTURE);
    private static final Set<Scope> READ = Set.of(Scope.READ);

    private final Recorder recorder;
    private final RecordStore records;
    private final RecordView view;
    private final NodeConfig.Http config;

    public RecordRoutes(Recorder recorder, RecordStore records, ReleasePolicy policy, NodeConfig.Http config) {
        this.recorder = recorder;
        this.records = records;
        this.view = new RecordView(policy);
        this.config = config;
    }

    @Override
    List<Route> routes() {
        return List.of(
                Route.post("/v1/records", CAPTURE, this::record),
                Route.post("/v1/records/batch", CAPTURE, this::batch),
                Route.get("/v1/records", READ, this::list),
                Route.get("/v1/records/{id}", READ, this::show),
                Route.get("/v1/local/lineage", READ, this::lineage),
                Route.post("/v1/rounds/register", CAPTURE, ctx -> round(ctx, "register")),
                Route.post("/v1/rounds/open", CAPTURE, ctx -> round(ctx, "open")),
                Route.post("/v1/rounds/close", CAPTURE, ctx -> round(ctx, "close")));
    }

    private void record(Context ctx) throws VerificationException {
        answer(ctx, RecordJson.read(Json.body(ctx, config.maxBodyBytes())));
    }

    private void round(Context ctx, String event) throws VerificationException {
        answer(ctx, RecordJson.round(event, Json.body(ctx, config.maxBodyBytes())));
    }

    /** No thread waits for the commit: the answer is written when the writer has it on disk. */
    private void answer(Context ctx, LineageRecord record) {
        CompletableFuture<Recorded> recorded = recorder.record(record);
        ctx.future(() -> recorded.thenAccept(
                done -> Json.answer(ctx, done.duplicate() ? 200 : 201, noted(record, recorded(done)))));
    }

    /** Progress is told only where policy says so: who sends it should not wonder where its statement went. */
    private static JsonObject noted(LineageRecord record, JsonObject answer) {
        boolean silent = answer.getAsJsonArray("statements").isEmpty()
                && !answer.get("waiting").getAsBoolean();
        Optional<String> state = record instanceof RoundEvent.Started
                ? Optional.of("started")
                : record instanceof RoundEvent.Declined ? Optional.of("declined") : Optional.empty();
        if (silent && state.isPresent()) {
            answer.addProperty(
                    "note",
                    "recorded here and told nobody: release.policy does not say 'progress " + state.get() + " on'");
        }
        return answer;
    }

    static JsonObject recorded(Recorded recorded) {
        JsonObject result = new JsonObject();
        result.addProperty("record", recorded.id());
        result.addProperty("leaf", recorded.leaf().hex());
        result.addProperty("duplicate", recorded.duplicate());
        JsonArray statements = new JsonArray();
        recorded.release().statements().stream().map(Digest::hex).forEach(statements::add);
        result.add("statements", statements);
        result.addProperty("waiting", recorded.release().waiting());
        OptionalLong release = recorded.release().releaseId();
        result.add("releaseId", release.isPresent() ? new JsonPrimitive(release.getAsLong()) : JsonNull.INSTANCE);
        return result;
    }

    private void batch(Context ctx) throws VerificationException {
        List<RecordJson.Read> read = RecordJson.readAll(Json.body(ctx, config.maxBatchBytes()));
        List<LineageRecord> understood = new ArrayList<>();
        for (RecordJson.Read one : read) {
            if (one instanceof RecordJson.Read.Understood good) {
                understood.add(good.record());
            }
        }
        List<CompletableFuture<Recorded>> answers = recorder.recordAll(understood);
        CompletableFuture<Void> all = CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .exceptionally(ignored -> null);
        ctx.future(() -> all.thenRun(() -> Json.answer(ctx, results(read, answers))));
    }

    private static JsonObject results(List<RecordJson.Read> read, List<CompletableFuture<Recorded>> answers) {
        JsonArray results = new JsonArray(read.size());
        int recorded = 0;
        int next = 0;
        for (RecordJson.Read one : read) {
            JsonElement result = one instanceof RecordJson.Read.Refused refused
                    ? Json.problem(refused.why().reason(), refused.why().getMessage())
                    : result(answers.get(next++));
            recorded += result.getAsJsonObject().has("record") ? 1 : 0;
            results.add(result);
        }
        JsonObject body = new JsonObject();
        body.addProperty("recorded", recorded);
        body.addProperty("refused", read.size() - recorded);
        body.add("results", results);
        return body;
    }

    private static JsonObject result(CompletableFuture<Recorded> answer) {
        try {
            return recorded(answer.join());
        } catch (RuntimeException e) {
            return Problems.describe(e);
        }
    }

    private void list(Context ctx) throws SQLException {
        int limit = Query.limit(ctx);
        List<StoredRecord> page = records.list(kind(ctx.queryParam("kind")), Query.after(ctx), limit);
        JsonObject body = new JsonObject();
        JsonArray rows = new JsonArray(page.size());
        page.forEach(record -> rows.add(view.json(record)));
        body.add("records", rows);
        body.add(
                "next",
                page.size() < limit
                        ? JsonNull.INSTANCE
                        : new JsonPrimitive(page.get(page.size() - 1).id()));
        Json.answer(ctx, body);
    }

    private static Optional<Kind> kind(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        List<String> known = Arrays.stream(Kind.values()).map(Kind::text).toList();
        return Optional.of(Kind.ofText(text)
                .orElseThrow(() -> new ApiException(
                        400, Reason.UNKNOWN_KIND, "there is no kind '" + text + "'" + Nearest.hint(text, known))));
    }

    private void show(Context ctx) throws SQLException {
        long id = Query.id(ctx);
        StoredRecord record =
                records.find(id).orElseThrow(() -> new ApiException(404, Reason.NOT_FOUND, "there is no record " + id));
        Json.answer(ctx, view.json(record));
    }

    private void lineage(Context ctx) throws SQLException {
        String of = Optional.ofNullable(ctx.queryParam("of"))
                .orElseThrow(() -> new ApiException(
                        400, Reason.MISSING_FIELD, "say where to start: ?of=RECORD, an external id or a digest"));
        StoredRecord start = records.resolve(of)
                .orElseThrow(() -> new ApiException(
                        404,
                        Reason.NOT_FOUND,
                        "no record of this site has the id, external id or digest '" + of + "'"));
        Direction direction =
                switch (Optional.ofNullable(ctx.queryParam("direction")).orElse("up")) {
                    case "up" -> Direction.UP;
                    case "down" -> Direction.DOWN;
                    default -> throw new ApiException(400, Reason.BAD_VALUE, "'direction' is up or down");
                };
        int depth = (int) Query.number(ctx, "depth", 0, 0, 1_000_000);
        Json.answer(ctx, view.json(records.lineage(start, direction, depth)));
    }
}
