package dev.weft.node.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.weft.node.config.NodeConfig;
import dev.weft.node.release.Preview;
import dev.weft.node.release.Release;
import dev.weft.node.release.ReleaseView;
import dev.weft.node.release.StewardQueue;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import io.javalin.http.Context;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The data steward's desk: what would leave, in the exact bytes, and the decision, in the name of the token's person. */
public final class ReleaseRoutes extends RouteGroup {
    private static final Set<Scope> LOOK = Set.of(Scope.READ, Scope.STEWARD);
    private static final Set<Scope> DECIDE = Set.of(Scope.STEWARD);

    private final StewardQueue queue;
    private final NodeConfig.Http config;

    public ReleaseRoutes(StewardQueue queue, NodeConfig.Http config) {
        this.queue = queue;
        this.config = config;
    }

    @Override
    List<Route> routes() {
        return List.of(
                Route.get("/v1/release", LOOK, this::list),
                Route.get("/v1/release/{id}", LOOK, this::show),
                Route.post("/v1/release/{id}/approve", DECIDE, this::approve),
                Route.post("/v1/release/{id}/refuse", DECIDE, this::refuse),
                Route.get("/v1/patterns", LOOK, this::patterns),
                Route.post("/v1/patterns/{id}/end", DECIDE, this::endPattern));
    }

    private void list(Context ctx) throws SQLException {
        int limit = Query.limit(ctx);
        List<Release> page = queue.list(state(ctx.queryParam("state")), Math.max(0, Query.after(ctx)), limit);
        JsonArray releases = new JsonArray(page.size());
        page.forEach(release -> releases.add(ReleaseView.json(release)));
        JsonObject body = new JsonObject();
        body.add("releases", releases);
        body.add(
                "next",
                page.size() < limit
                        ? JsonNull.INSTANCE
                        : new JsonPrimitive(page.get(page.size() - 1).id()));
        Json.answer(ctx, body);
    }

    private static Optional<Release.State> state(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        return Optional.of(Arrays.stream(Release.State.values())
                .filter(state -> state.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new ApiException(
                        400,
                        Reason.BAD_VALUE,
                        "'state' is one of "
                                + String.join(
                                        ", ",
                                        Arrays.stream(Release.State.values())
                                                .map(Release.State::text)
                                                .toList()))));
    }

    private void show(Context ctx) throws SQLException, VerificationException {
        long id = Query.id(ctx);
        Preview preview =
                queue.show(id).orElseThrow(() -> new ApiException(404, Reason.NOT_FOUND, "there is no release " + id));
        Json.answer(ctx, preview.json());
    }

    private void approve(Context ctx) {
        String person = LocalApi.grant(ctx).name();
        String body = Json.body(ctx, config.maxBodyBytes());
        boolean ahead = !body.isBlank() && Json.truth(Json.object(body), "ahead");
        decided(ctx, ahead ? queue.approveAhead(Query.id(ctx), person) : queue.approve(Query.id(ctx), person));
    }

    private void patterns(Context ctx) throws SQLException {
        JsonArray patterns = new JsonArray();
        queue.patterns().forEach(pattern -> patterns.add(ReleaseView.json(pattern)));
        JsonObject body = new JsonObject();
        body.add("patterns", patterns);
        Json.answer(ctx, body);
    }

    private void endPattern(Context ctx) {
        var ended = queue.endPattern(Query.id(ctx), LocalApi.grant(ctx).name());
        ctx.future(() -> ended.thenAccept(done -> Json.answer(ctx, ReleaseView.json(done))));
    }

    private void refuse(Context ctx) {
        String reason = Json.text(Json.object(Json.body(ctx, config.maxBodyBytes())), "reason");
        decided(ctx, queue.refuse(Query.id(ctx), LocalApi.grant(ctx).name(), reason));
    }

    private static void decided(Context ctx, CompletableFuture<Release> release) {
        ctx.future(() -> release.thenAccept(done -> Json.answer(ctx, ReleaseView.json(done))));
    }
}
