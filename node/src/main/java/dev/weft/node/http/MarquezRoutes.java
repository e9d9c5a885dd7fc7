package dev.weft.node.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.weft.node.record.JobGraph;
import dev.weft.node.record.JobGraph.Edge;
import dev.weft.node.record.JobGraph.Name;
import dev.weft.node.record.JobGraph.Reached;
import dev.weft.node.record.StoredRecord;
import dev.weft.proto.Reason;
import dev.weft.proto.WireTime;
import io.javalin.http.Context;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The part of Marquez's read API that tools draw lineage from, over the lineage of this site. */
public final class MarquezRoutes extends RouteGroup {
    private static final Set<Scope> READ = Set.of(Scope.READ);
    private static final int DEPTH = 20;

    private final DataSource reads;

    public MarquezRoutes(DataSource reads) {
        this.reads = reads;
    }

    @Override
    List<Route> routes() {
        return List.of(
                Route.get("/api/v1/lineage", READ, this::lineage),
                Route.get("/api/v1/namespaces", READ, this::namespaces),
                Route.get("/api/v1/namespaces/{namespace}/jobs", READ, ctx -> list(ctx, true)),
                Route.get("/api/v1/namespaces/{namespace}/jobs/{name}", READ, ctx -> one(ctx, true)),
                Route.get("/api/v1/namespaces/{namespace}/datasets", READ, ctx -> list(ctx, false)),
                Route.get("/api/v1/namespaces/{namespace}/datasets/{name}", READ, ctx -> one(ctx, false)));
    }

    private void lineage(Context ctx) throws SQLException {
        String nodeId = Optional.ofNullable(ctx.queryParam("nodeId"))
                .orElseThrow(() -> new ApiException(
                        400,
                        Reason.MISSING_FIELD,
                        "say where to start: ?nodeId=dataset:NAMESPACE:NAME or job:NAMESPACE:NAME"));
        int depth = (int) Query.number(ctx, "depth", DEPTH, 0, 1_000);
        try (Connection connection = reads.getConnection()) {
            JobGraph graph = new JobGraph(connection);
            Name start = graph.find(nodeId)
                    .orElseThrow(() -> new ApiException(404, Reason.NOT_FOUND, "this site knows no '" + nodeId + "'"));
            JsonArray nodes = new JsonArray();
            Reached reached = graph.around(start, depth);
            reached.nodes().forEach((name, record) -> nodes.add(node(name, record, reached)));
            JsonObject body = new JsonObject();
            body.add("graph", nodes);
            Json.answer(ctx, body);
        }
    }

    private static JsonObject node(Name name, StoredRecord record, Reached reached) {
        JsonArray in = new JsonArray();
        JsonArray out = new JsonArray();
        JsonObject data = data(name, record);
        if (name.job()) {
            data.add("inputs", new JsonArray());
            data.add("outputs", new JsonArray());
        }
        for (Edge edge : reached.edges()) {
            if (edge.to().equals(name)) {
                in.add(edge(edge));
                if (name.job()) {
                    data.getAsJsonArray("inputs").add(id(edge.from()));
                }
            }
            if (edge.from().equals(name)) {
                out.add(edge(edge));
                if (name.job()) {
                    data.getAsJsonArray("outputs").add(id(edge.to()));
                }
            }
        }
        JsonObject node = new JsonObject();
        node.addProperty("id", name.toString());
        node.addProperty("type", name.job() ? "JOB" : "DATASET");
        node.add("data", data);
        node.add("inEdges", in);
        node.add("outEdges", out);
        return node;
    }

    private static JsonObject edge(Edge edge) {
        JsonObject json = new JsonObject();
        json.addProperty("origin", edge.from().toString());
        json.addProperty("destination", edge.to().toString());
        return json;
    }

    private static JsonObject id(Name name) {
        JsonObject id = new JsonObject();
        id.addProperty("namespace", name.namespace());
        id.addProperty("name", name.name());
        return id;
    }

    private static JsonObject data(Name name, StoredRecord record) {
        String at = WireTime.print(record.recordedAt());
        JsonObject data = new JsonObject();
        data.add("id", id(name));
        data.addProperty("type", name.job() ? "BATCH" : "DB_TABLE");
        data.addProperty("name", name.name());
        data.addProperty(name.job() ? "simpleName" : "physicalName", name.name());
        data.addProperty("namespace", name.namespace());
        data.addProperty("createdAt", at);
        data.addProperty("updatedAt", at);
        data.add("description", JsonNull.INSTANCE);
        data.add("tags", new JsonArray());
        if (!name.job()) {
            data.addProperty("sourceName", name.namespace());
            data.add("fields", new JsonArray());
        }
        return data;
    }

    private void namespaces(Context ctx) throws SQLException {
        try (Connection connection = reads.getConnection()) {
            JsonArray rows = new JsonArray();
            new JobGraph(connection).namespaces().forEach((namespace, first) -> {
                String at = WireTime.print(first.recordedAt());
                JsonObject row = new JsonObject();
                row.addProperty("name", namespace);
                row.addProperty("createdAt", at);
                row.addProperty("updatedAt", at);
                row.addProperty("ownerName", first.source());
                row.addProperty("isHidden", false);
                rows.add(row);
            });
            JsonObject body = new JsonObject();
            body.add("namespaces", rows);
            Json.answer(ctx, body);
        }
    }

    private void one(Context ctx, boolean job) throws SQLException {
        Name name = new Name(job, ctx.pathParam("namespace"), ctx.pathParam("name"));
        try (Connection connection = reads.getConnection()) {
            @Nullable
            StoredRecord record =
                    new JobGraph(connection).all(job, name.namespace()).get(name);
            if (record == null) {
                throw new ApiException(404, Reason.NOT_FOUND, "this site knows no '" + name + "'");
            }
            Json.answer(ctx, data(name, record));
        }
    }

    private void list(Context ctx, boolean jobs) throws SQLException {
        int limit = Query.limit(ctx);
        long offset = Query.number(ctx, "offset", 0, 0, Integer.MAX_VALUE);
        try (Connection connection = reads.getConnection()) {
            SortedMap<Name, StoredRecord> all = new JobGraph(connection).all(jobs, ctx.pathParam("namespace"));
            JsonArray rows = new JsonArray();
            all.entrySet().stream()
                    .skip(offset)
                    .limit(limit)
                    .forEach(one -> rows.add(data(one.getKey(), one.getValue())));
            JsonObject body = new JsonObject();
            body.add(jobs ? "jobs" : "datasets", rows);
            body.addProperty("totalCount", all.size());
            Json.answer(ctx, body);
        }
    }
}
