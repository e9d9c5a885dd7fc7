package dev.weft.node.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.node.config.NodeConfig;
import dev.weft.node.config.Settings;
import dev.weft.node.upkeep.Backup;
import dev.weft.proto.Reason;
import io.javalin.http.Context;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Tokens, configuration and backup. */
public final class AdminRoutes extends RouteGroup {
    private static final Set<Scope> ADMIN = Set.of(Scope.ADMIN);

    private final NodeConfig config;
    private final Tokens tokens;
    private final Backup backup;

    public AdminRoutes(NodeConfig config, Tokens tokens, Backup backup) {
        this.config = config;
        this.tokens = tokens;
        this.backup = backup;
    }

    @Override
    List<Route> routes() {
        return List.of(
                Route.get("/v1/config", ADMIN, this::config),
                Route.post("/v1/backup", ADMIN, this::backup),
                Route.get("/v1/tokens", ADMIN, this::tokens),
                Route.post("/v1/tokens", ADMIN, this::addToken),
                Route.delete("/v1/tokens/{name}", ADMIN, this::revokeToken));
    }

    private void config(Context ctx) {
        Json.answer(ctx, describe(config.settings()));
    }

    /** Effective values with their origin, secrets masked. */
    public static JsonObject describe(Settings settings) {
        JsonArray all = new JsonArray();
        for (Settings.Effective setting : settings.all()) {
            JsonObject one = new JsonObject();
            one.addProperty("key", setting.key().key());
            one.addProperty("value", setting.shown());
            one.addProperty("origin", setting.origin().toString());
            one.addProperty("description", setting.key().description());
            all.add(one);
        }
        JsonObject body = new JsonObject();
        body.add("settings", all);
        return body;
    }

    private void backup(Context ctx) throws IOException {
        String directory = Json.text(Json.object(Json.body(ctx, config.http().maxBodyBytes())), "directory");
        Path target = absolute(directory);
        try {
            List<Path> files = backup.to(target);
            JsonObject body = new JsonObject();
            body.addProperty("directory", target.toString());
            JsonArray names = new JsonArray();
            files.forEach(file -> names.add(file.toString()));
            body.add("files", names);
            Json.answer(ctx, 201, body);
        } catch (Backup.RefusedException e) {
            throw new ApiException(409, Reason.BAD_VALUE, String.valueOf(e.getMessage()));
        }
    }

    private static Path absolute(String text) {
        try {
            Path path = Path.of(text);
            if (path.isAbsolute()) {
                return path.normalize();
            }
        } catch (InvalidPathException e) {
            // Answered below, as any other path that cannot be used.
        }
        throw new ApiException(400, Reason.BAD_VALUE, "'directory' must be an absolute path on the node's machine");
    }

    private void tokens(Context ctx) {
        JsonArray all = new JsonArray();
        for (TokenGrant grant : tokens.list()) {
            JsonObject one = new JsonObject();
            one.addProperty("name", grant.name());
            one.addProperty("scope", Scope.print(grant.scopes()));
            one.addProperty("created", grant.created().toString());
            all.add(one);
        }
        JsonObject body = new JsonObject();
        body.add("tokens", all);
        Json.answer(ctx, body);
    }

    private void addToken(Context ctx) {
        JsonObject request = Json.object(Json.body(ctx, config.http().maxBodyBytes()));
        String name = Json.text(request, "name");
        List<Scope> scopes = Scope.parse(Json.text(request, "scope"))
                .orElseThrow(() -> new ApiException(
                        400,
                        Reason.BAD_VALUE,
                        "'scope' is a comma-separated list of capture, read, steward and admin"));
        JsonObject body = new JsonObject();
        body.addProperty("name", name);
        body.addProperty("scope", Scope.print(scopes));
        body.addProperty("token", tokens.add(name, scopes));
        Json.answer(ctx, 201, body);
    }

    private void revokeToken(Context ctx) {
        String name = ctx.pathParam("name");
        if (!tokens.revoke(name)) {
            throw new ApiException(404, Reason.NOT_FOUND, "there is no token named '" + name + "'");
        }
        ctx.status(204);
    }
}
