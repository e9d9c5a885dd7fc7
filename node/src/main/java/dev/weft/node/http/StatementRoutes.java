package dev.weft.node.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.ByteString;
import dev.weft.node.deliver.DeliveredStatement;
import dev.weft.node.deliver.Outbox;
import dev.weft.node.witness.Finality;
import dev.weft.node.witness.SharedLog;
import dev.weft.proto.Reason;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.InclusionProof;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What left, or waits to leave, with the receipts that prove where it stands in the shared log. */
public final class StatementRoutes extends RouteGroup {
    private static final Set<Scope> READ = Set.of(Scope.READ);

    private final Outbox outbox;
    private final SharedLog sharedLog;
    private final Finality finality;
    private final DataSource reads;

    public StatementRoutes(Outbox outbox, SharedLog sharedLog, Finality finality, DataSource reads) {
        this.outbox = outbox;
        this.sharedLog = sharedLog;
        this.finality = finality;
        this.reads = reads;
    }

    @Override
    List<Route> routes() {
        return List.of(
                Route.get("/v1/statements", READ, this::list), Route.get("/v1/statements/{id}", READ, this::show));
    }

    private void list(Context ctx) throws SQLException {
        int limit = Query.limit(ctx);
        Optional<DeliveredStatement.State> state = state(ctx.queryParam("state"));
        JsonArray statements = new JsonArray();
        List<DeliveredStatement> page;
        try (Connection connection = reads.getConnection()) {
            page = outbox.list(connection, state, Query.after(ctx), limit);
        }
        page.forEach(statement -> statements.add(summary(statement)));
        JsonObject body = new JsonObject();
        body.add("statements", statements);
        body.add(
                "next",
                page.size() < limit
                        ? JsonNull.INSTANCE
                        : new JsonPrimitive(page.get(page.size() - 1).seq()));
        Json.answer(ctx, body);
    }

    private static Optional<DeliveredStatement.State> state(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        return Optional.of(Arrays.stream(DeliveredStatement.State.values())
                .filter(state -> code(state).equals(text))
                .findFirst()
                .orElseThrow(() -> new ApiException(400, Reason.BAD_VALUE, "'state' is pending, durable or refused")));
    }

    private static String code(DeliveredStatement.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private void show(Context ctx) throws SQLException {
        String id = ctx.pathParam("id");
        if (!id.matches("[0-9a-f]{64}")) {
            throw new ApiException(400, Reason.BAD_DIGEST, "a statement's id is 64 hex digits");
        }
        try (Connection connection = reads.getConnection()) {
            DeliveredStatement statement = outbox.find(connection, Digest.fromHex(id))
                    .orElseThrow(() -> new ApiException(404, Reason.NOT_FOUND, "this node signed no statement " + id));
            JsonObject body = summary(statement);
            body.addProperty(
                    "envelope",
                    Base64.getEncoder().encodeToString(statement.envelope().toByteArray()));
            if (statement.receipt().isPresent()) {
                body.add("receipt", receipt(connection, statement.receipt().get()));
            }
            Json.answer(ctx, body);
        }
    }

    private JsonObject summary(DeliveredStatement statement) {
        JsonObject result = new JsonObject();
        result.addProperty("statement", statement.statement().hex());
        result.addProperty("incarnation", statement.incarnation());
        result.addProperty("seq", statement.seq());
        result.addProperty("predicateType", statement.predicateType());
        result.addProperty("bytes", statement.envelope().size());
        result.addProperty("state", code(statement.state()));
        statement.receipt().ifPresent(receipt -> {
            result.addProperty("index", receipt.index());
            result.addProperty("final", receipt.index() < finality.finalSize());
        });
        statement.refusal().ifPresent(refusal -> {
            result.addProperty("reason", refusal.reason());
            result.addProperty("message", refusal.message());
            result.addProperty("retry", refusal.retry());
        });
        return result;
    }

    private JsonObject receipt(Connection connection, InclusionProof proof) throws SQLException {
        JsonObject result = new JsonObject();
        result.addProperty("index", proof.index());
        result.addProperty("size", proof.size());
        JsonArray inclusion = new JsonArray();
        proof.path().stream().map(Digest::hex).forEach(inclusion::add);
        result.add("inclusion", inclusion);
        String note = sharedLog
                .note(connection, proof.size())
                .map(ByteString::toByteArray)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElseThrow(() -> new IllegalStateException("the checkpoint of a receipt is gone"));
        result.addProperty("checkpoint", note);
        result.addProperty("final", proof.index() < finality.finalSize());
        if (proof.index() < finality.finalSize()) {
            finality.note().ifPresent(cosigned -> result.addProperty("finalCheckpoint", cosigned.toStringUtf8()));
        }
        return result;
    }
}
