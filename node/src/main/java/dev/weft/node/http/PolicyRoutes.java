package dev.weft.node.http;

import com.google.gson.JsonObject;
import dev.weft.node.record.RecordStore;
import dev.weft.node.record.StoredRecord;
import dev.weft.node.release.PolicyView;
import dev.weft.node.release.ReleasePolicy;
import dev.weft.proto.Reason;
import io.javalin.http.Context;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The policy that the running node goes by. */
public final class PolicyRoutes extends RouteGroup {
    private final ReleasePolicy policy;
    private final RecordStore records;

    public PolicyRoutes(ReleasePolicy policy, RecordStore records) {
        this.policy = policy;
        this.records = records;
    }

    @Override
    List<Route> routes() {
        return List.of(Route.get("/v1/policy", Set.of(Scope.READ, Scope.STEWARD), this::policy));
    }

    private void policy(Context ctx) throws SQLException {
        @Nullable String of = ctx.queryParam("of");
        if (of == null) {
            JsonObject body = new JsonObject();
            body.addProperty("policy", policy.digest().hex());
            body.addProperty("minimum", policy.minimum());
            Json.answer(ctx, body);
            return;
        }
        StoredRecord record = records.resolve(of)
                .orElseThrow(() -> new ApiException(
                        404,
                        Reason.NOT_FOUND,
                        "there is no record '" + of + "': name it by its number, its external id or its digest"));
        Json.answer(ctx, new PolicyView(policy).explain(record));
    }
}
