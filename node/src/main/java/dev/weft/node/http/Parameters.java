package dev.weft.node.http;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weft.node.config.Nearest;
import dev.weft.proto.Reason;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The query parameters of each route, as the API's description has them: any other one is a slip, and is said to be. */
final class Parameters {

    private final JsonObject paths;

    /** @param description the OpenAPI document */
    Parameters(String description) {
        this.paths = JsonParser.parseString(description).getAsJsonObject().getAsJsonObject("paths");
    }

    /** Names of the query parameters that the description gives a route. */
    Set<String> of(HandlerType method, String path) {
        Set<String> names = new TreeSet<>();
        JsonObject described = member(member(paths, path), method.name().toLowerCase(Locale.ROOT));
        if (described.has("parameters")) {
            for (JsonElement each : described.getAsJsonArray("parameters")) {
                JsonObject parameter = each.getAsJsonObject();
                if (parameter.get("in").getAsString().equals("query")) {
                    names.add(parameter.get("name").getAsString());
                }
            }
        }
        return Set.copyOf(names);
    }

    private static JsonObject member(JsonObject object, String name) {
        return object.has(name) ? object.getAsJsonObject(name) : new JsonObject();
    }

    /** Fails with 400 where the request has a parameter that is not known, or one of them twice. */
    static void require(Context ctx, Set<String> known) {
        for (Map.Entry<String, List<String>> given : ctx.queryParamMap().entrySet()) {
            String name = given.getKey();
            if (!known.contains(name)) {
                String takes = known.isEmpty()
                        ? "this path takes none"
                        : "it takes " + String.join(", ", new TreeSet<>(known)) + Nearest.hint(name, known);
                throw new ApiException(
                        400, Reason.UNKNOWN_FIELD, "there is no query parameter '" + name + "' here: " + takes);
            }
            if (given.getValue().size() > 1) {
                throw new ApiException(
                        400, Reason.BAD_VALUE, "the query parameter '" + name + "' stands there twice; keep one");
            }
        }
    }
}
