package dev.weft.node.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.weft.node.config.NodeConfig;
import dev.weft.node.link.Asked;
import dev.weft.node.link.Linker;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.standing.LinkEpoch;
import io.javalin.http.Context;
import java.io.IOException;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The federation's linking key: how it stands, who asked this site for it, and the steward's acts. Never the key. */
public final class LinkRoutes extends RouteGroup {
    private static final Set<Scope> LOOK = Set.of(Scope.READ, Scope.STEWARD);
    private static final Set<Scope> DECIDE = Set.of(Scope.STEWARD);
    private static final List<String> KINDS = List.of("dataset", "code", "environment");

    private final Linker linker;
    private final NodeConfig.Http config;

    public LinkRoutes(Linker linker, NodeConfig.Http config) {
        this.linker = linker;
        this.config = config;
    }

    @Override
    List<Route> routes() {
        return List.of(
                Route.get("/v1/link", LOOK, this::status),
                Route.get("/v1/link/requests", LOOK, this::requests),
                Route.post("/v1/link/make", DECIDE, this::make),
                Route.post("/v1/link/rotate", DECIDE, this::rotate),
                Route.post("/v1/link/ask", DECIDE, this::ask),
                Route.post("/v1/link/value", LOOK, this::value),
                Route.post("/v1/link/requests/{id}/approve", DECIDE, this::approve),
                Route.post("/v1/link/requests/{id}/refuse", DECIDE, this::refuse));
    }

    private void status(Context ctx) throws SQLException {
        Linker.View view = linker.view();
        JsonObject body = new JsonObject();
        body.addProperty("epoch", view.epoch().map(LinkEpoch::number).orElse(0));
        text(body, "check", view.epoch().map(LinkEpoch::check).map(Digest::hex));
        text(body, "madeBy", view.epoch().map(LinkEpoch::author).map(MemberName::value));
        text(body, "statement", view.epoch().map(LinkEpoch::statement).map(Digest::hex));
        body.addProperty("held", view.held());
        body.addProperty("wanted", view.wanted());
        body.addProperty("mirrored", view.mirrored());
        body.addProperty("waiting", view.waiting());
        JsonArray sought = new JsonArray();
        for (Linker.Sought one : view.sought()) {
            JsonObject json = new JsonObject();
            json.addProperty("member", one.member().value());
            text(json, "refusal", one.refusal());
            sought.add(json);
        }
        body.add("sought", sought);
        text(body, "trouble", view.trouble());
        Json.answer(ctx, body);
    }

    private static void text(JsonObject json, String name, Optional<String> value) {
        value.ifPresentOrElse(it -> json.addProperty(name, it), () -> json.add(name, JsonNull.INSTANCE));
    }

    private void requests(Context ctx) throws SQLException {
        JsonArray requests = new JsonArray();
        linker.requests().forEach(asked -> requests.add(json(asked)));
        JsonObject body = new JsonObject();
        body.add("requests", requests);
        Json.answer(ctx, body);
    }

    private static JsonObject json(Asked asked) {
        JsonObject json = new JsonObject();
        json.addProperty("requestId", asked.id());
        json.addProperty("member", asked.member().value());
        json.addProperty("epoch", asked.epoch());
        json.addProperty("keyId", HexFormat.of().formatHex(asked.keyId().toByteArray()));
        json.addProperty("askedAt", WireTime.print(asked.askedAt()));
        json.addProperty("state", asked.state().text());
        text(json, "decidedBy", asked.decidedBy());
        text(json, "reason", asked.reason());
        return json;
    }

    private void make(Context ctx) throws IOException, SQLException, VerificationException {
        stated(ctx, linker.make(LocalApi.grant(ctx).name()));
    }

    private void rotate(Context ctx) throws IOException, SQLException, VerificationException {
        String reason = Json.text(body(ctx), "reason");
        stated(ctx, linker.rotate(LocalApi.grant(ctx).name(), reason));
    }

    private static void stated(Context ctx, Digest statement) {
        JsonObject body = new JsonObject();
        body.addProperty("statement", statement.hex());
        Json.answer(ctx, 201, body);
    }

    private void ask(Context ctx) throws SQLException, VerificationException {
        String member = Json.text(body(ctx), "member");
        linker.ask(MemberName.parse(member));
        JsonObject answer = new JsonObject();
        answer.addProperty("member", member);
        Json.answer(ctx, 202, answer);
    }

    private void value(Context ctx) throws VerificationException {
        JsonObject asked = body(ctx);
        String kind = Json.text(asked, "kind");
        if (!KINDS.contains(kind)) {
            throw new ApiException(400, Reason.BAD_VALUE, "'kind' is one of " + String.join(", ", KINDS));
        }
        JsonObject answer = new JsonObject();
        answer.addProperty(
                "value",
                linker.value(kind, ContentDigest.parse(Json.text(asked, "digest")))
                        .hex());
        Json.answer(ctx, answer);
    }

    private void approve(Context ctx) throws IOException, SQLException, VerificationException {
        Json.answer(ctx, json(linker.approve(Query.id(ctx), LocalApi.grant(ctx).name())));
    }

    private void refuse(Context ctx) throws IOException, SQLException, VerificationException {
        String reason = Json.text(body(ctx), "reason");
        Json.answer(ctx, json(linker.refuse(Query.id(ctx), LocalApi.grant(ctx).name(), reason)));
    }

    private JsonObject body(Context ctx) {
        return Json.object(Json.body(ctx, config.maxBodyBytes()));
    }
}
