package dev.weft.node.capture.openlineage;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.weft.node.observe.Secrets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes secrets out of an event before anything is made of it: producers send whole environments (facet
 * EnvironmentVariablesRunFacet) and settings (Spark's spark_properties), keys of storage among them. A name or a
 * namespace loses the password of an address alone, and the same one wherever it stands: it says which thing is meant.
 */
final class MaskedEvent {

    private static final Set<String> NAMES = Set.of("name", "namespace");

    private MaskedEvent() {}

    /**
     * Changes the event itself: {@code {"api_key": "x"}}, and {@code {"name": "API_KEY", "value": "x"}} as well.
     */
    static void members(JsonObject object) {
        String called = called(object);
        for (Map.Entry<String, JsonElement> member : object.entrySet()) {
            String name = member.getKey().equals("value") ? called : member.getKey();
            JsonElement value = member.getValue();
            if (isText(value)) {
                String text = value.getAsString();
                String kept = NAMES.contains(name) ? Secrets.masked(text) : Secrets.masked(name, text);
                if (!kept.equals(text)) {
                    member.setValue(new JsonPrimitive(kept));
                }
            } else {
                inside(name, value);
            }
        }
    }

    private static void inside(String name, JsonElement value) {
        if (value instanceof JsonObject object) {
            members(object);
        } else if (value instanceof JsonArray array) {
            items(name, array);
        }
    }

    /** Texts of a list are the words of a command, or they all have the list's name. */
    private static void items(String name, JsonArray array) {
        List<String> texts = new ArrayList<>();
        array.forEach(item -> texts.add(item.isJsonPrimitive() ? item.getAsString() : ""));
        List<String> words = Secrets.words(texts);
        for (int n = 0; n < array.size(); n++) {
            String kept = isText(array.get(n)) && Secrets.named(name) ? Secrets.MASK : words.get(n);
            if (!array.get(n).isJsonPrimitive()) {
                inside(name, array.get(n));
            } else if (!kept.equals(texts.get(n))) {
                array.set(n, new JsonPrimitive(kept));
            }
        }
    }

    private static String called(JsonObject object) {
        for (String name : List.of("name", "key")) {
            if (isText(object.get(name))) {
                return object.get(name).getAsString();
            }
        }
        return "value";
    }

    private static boolean isText(JsonElement value) {
        return value instanceof JsonPrimitive primitive && primitive.isString();
    }
}
