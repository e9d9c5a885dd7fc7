package dev.weft.node.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.ByteString;
import dev.weft.node.config.NodeConfig;
import dev.weft.node.disclose.Asked;
import dev.weft.node.disclose.DisclosureView;
import dev.weft.node.disclose.Disclosures;
import dev.weft.proto.Reason;
import dev.weft.proto.digest.Digest;
import io.javalin.http.Context;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Asks other sites for fields, and decides on what others ask of this one, in the name of the token's person. */
public final class DisclosureRoutes extends RouteGroup {
    private static final Set<Scope> LOOK = Set.of(Scope.READ, Scope.STEWARD);
    private static final Set<Scope> ASK = Set.of(Scope.ADMIN, Scope.STEWARD);
    private static final Set<Scope> DECIDE = Set.of(Scope.STEWARD);

    private final Disclosures disclosures;
    private final NodeConfig.Http config;

    public DisclosureRoutes(Disclosures disclosures, NodeConfig.Http config) {
        this.disclosures = disclosures;
        this.config = config;
    }

    @Override
    List<Route> routes() {
        return List.of(
                Route.get("/v1/disclosures", LOOK, this::list),
                Route.post("/v1/disclosures", ASK, this::ask),
                Route.get("/v1/disclosures/{id}", LOOK, this::show),
                Route.post("/v1/disclosures/{id}/approve", DECIDE, this::approve),
                Route.post("/v1/disclosures/{id}/refuse", DECIDE, this::refuse));
    }

    private void list(Context ctx) throws SQLException {
        int limit = Query.limit(ctx);
        List<Asked> page = disclosures.list(Math.max(0, Query.after(ctx)), limit);
        JsonArray all = new JsonArray(page.size());
        page.forEach(asked -> all.add(DisclosureView.json(asked)));
        JsonObject body = new JsonObject();
        body.add("disclosures", all);
        body.add(
                "next",
                page.size() < limit
                        ? JsonNull.INSTANCE
                        : new JsonPrimitive(page.get(page.size() - 1).number()));
        Json.answer(ctx, body);
    }

    private void show(Context ctx) {
        var shown = disclosures.show(Query.id(ctx));
        ctx.future(() -> shown.thenAccept(found -> Json.answer(ctx, DisclosureView.json(found))));
    }

    private void ask(Context ctx) {
        JsonObject body = Json.object(Json.body(ctx, config.maxBodyBytes()));
        List<ByteString> commitments = new ArrayList<>();
        for (String hex : texts(body, "commitments")) {
            commitments.add(digest(hex, "commitments").toByteString());
        }
        Disclosures.Question question = new Disclosures.Question(
                digest(Json.text(body, "statement"), "statement"),
                commitments,
                texts(body, "artifacts"),
                texts(body, "fields"),
                body.has("purpose") ? Json.text(body, "purpose") : "",
                body.has("words") ? Optional.of(Json.text(body, "words")) : Optional.empty());
        decided(ctx, disclosures.ask(question, LocalApi.grant(ctx).name()));
    }

    private static List<String> texts(JsonObject body, String name) {
        List<String> texts = new ArrayList<>();
        if (body.has(name)) {
            if (!body.get(name).isJsonArray()) {
                throw new ApiException(400, Reason.BAD_VALUE, "'" + name + "' is a list of texts");
            }
            for (JsonElement each : body.getAsJsonArray(name)) {
                if (!each.isJsonPrimitive() || !each.getAsJsonPrimitive().isString()) {
                    throw new ApiException(400, Reason.BAD_VALUE, "'" + name + "' is a list of texts");
                }
                texts.add(each.getAsString());
            }
        }
        return texts;
    }

    private static Digest digest(String hex, String name) {
        if (!hex.matches("[0-9a-f]{64}")) {
            throw new ApiException(400, Reason.BAD_DIGEST, "'" + name + "' holds ids of 64 lower-case hex digits");
        }
        return Digest.fromHex(hex);
    }

    private void approve(Context ctx) {
        decided(ctx, disclosures.approve(Query.id(ctx), LocalApi.grant(ctx).name()));
    }

    private void refuse(Context ctx) {
        String text = Json.body(ctx, config.maxBodyBytes());
        JsonObject body = text.isBlank() ? new JsonObject() : Json.object(text);
        Optional<String> words = body.has("words") ? Optional.of(Json.text(body, "words")) : Optional.empty();
        decided(ctx, disclosures.refuse(Query.id(ctx), LocalApi.grant(ctx).name(), words));
    }

    private static void decided(Context ctx, CompletableFuture<Asked> asked) {
        ctx.future(() -> asked.thenAccept(done -> Json.answer(ctx, DisclosureView.json(done))));
    }
}
