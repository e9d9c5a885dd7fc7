package dev.weft.node.http;

import com.google.gson.JsonObject;
import dev.weft.node.config.NodeConfig;
import dev.weft.node.release.Eraser;
import dev.weft.proto.VerificationException;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Erases fields for good, in the name of the token's person. */
public final class ErasureRoutes extends RouteGroup {
    private final Eraser eraser;
    private final NodeConfig.Http config;

    public ErasureRoutes(Eraser eraser, NodeConfig.Http config) {
        this.eraser = eraser;
        this.config = config;
    }

    @Override
    List<Route> routes() {
        return List.of(Route.post("/v1/erase", Set.of(Scope.STEWARD), this::erase));
    }

    /** One at a time: each looks through every file. */
    private synchronized void erase(Context ctx) throws IOException, VerificationException {
        JsonObject body = Json.object(Json.body(ctx, config.maxBodyBytes()));
        Json.answer(
                ctx,
                eraser.erase(
                        Json.text(body, "record"),
                        Json.text(body, "field"),
                        LocalApi.grant(ctx).name()));
    }
}
