package dev.weft.it.demo;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Collection;

/** Short forms for JSON. */
final class Json {

    private Json() {}

    /** An object of names and values in turn; a value is a text, a number, a truth, a collection of these, or JSON. */
    static JsonObject object(Object... pairs) {
        JsonObject object = new JsonObject();
        for (int i = 0; i < pairs.length; i += 2) {
            object.add((String) pairs[i], element(pairs[i + 1]));
        }
        return object;
    }

    static JsonArray array(Collection<?> items) {
        JsonArray array = new JsonArray();
        items.forEach(item -> array.add(element(item)));
        return array;
    }

    private static JsonElement element(Object value) {
        if (value instanceof JsonElement json) {
            return json;
        }
        if (value instanceof Number number) {
            return new JsonPrimitive(number);
        }
        if (value instanceof Boolean truth) {
            return new JsonPrimitive(truth);
        }
        if (value instanceof Collection<?> items) {
            return array(items);
        }
        return new JsonPrimitive(value.toString());
    }
}
