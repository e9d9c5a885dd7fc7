package dev.weft.node.observe;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parameters of one file as DVC tells them: those within others under dotted names, a list as one value. A list that
 * holds maps or nothing, for which a record has no form, is JSON text. What a secret's name is above or on is masked.
 */
final class DvcParameters {
    private final Map<String, JsonElement> named = new LinkedHashMap<>();

    private DvcParameters() {}

    static Map<String, JsonElement> of(Map<?, ?> values) {
        DvcParameters parameters = new DvcParameters();
        parameters.add("", values);
        return parameters.named;
    }

    private void add(String prefix, Map<?, ?> values) {
        values.forEach((key, value) -> {
            String name = prefix + key;
            if (value instanceof Map<?, ?> inner && !inner.isEmpty()) {
                add(name + ".", inner);
            } else {
                named.put(name, kept(name, value));
            }
        });
    }

    private static JsonElement kept(String name, @Nullable Object value) {
        JsonElement json = json(name, value);
        return json.isJsonPrimitive() || (json instanceof JsonArray array && isPlain(array))
                ? json
                : new JsonPrimitive(json.toString());
    }

    private static boolean isPlain(JsonArray array) {
        return array.asList().stream().allMatch(JsonElement::isJsonPrimitive);
    }

    private static JsonElement json(String name, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            JsonObject object = new JsonObject();
            map.forEach((key, each) -> object.add(String.valueOf(key), json(name + "." + key, each)));
            return object;
        }
        if (value instanceof List<?> list) {
            JsonArray array = new JsonArray();
            list.forEach(each -> array.add(json(name, each)));
            return array;
        }
        return scalar(name, value);
    }

    private static JsonElement scalar(String name, @Nullable Object value) {
        if (value == null) {
            return JsonNull.INSTANCE;
        }
        if (Secrets.named(name)) {
            return new JsonPrimitive(Secrets.MASK);
        }
        if (value instanceof Boolean truth) {
            return new JsonPrimitive(truth);
        }
        boolean finite = value instanceof Number number && Double.isFinite(number.doubleValue());
        return finite ? new JsonPrimitive((Number) value) : new JsonPrimitive(Secrets.line(String.valueOf(value)));
    }
}
