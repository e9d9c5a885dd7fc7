package dev.weft.node.capture.openlineage;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.weft.node.observe.Secrets;
import java.util.List;
import java.util.Map;

/**
 * Takes secrets out of an event's facets before anything is made of it: producers send whole environments (facet
 * EnvironmentVariablesRunFacet) and settings (Spark's spark_properties), keys of storage among them. Names of jobs and
 * datasets are left: they say which one is meant.
 */
final class MaskedFacets {

    private static final List<String> BAGS = List.of("facets", "inputFacets", "outputFacets");

    private MaskedFacets() {}

    /** Changes the event itself. */
    static void in(JsonObject event) {
        for (Map.Entry<String, JsonElement> member : event.entrySet()) {
            if (member.getValue() instanceof JsonObject object) {
                bags(object);
            } else if (member.getValue() instanceof JsonArray array) {
                array.forEach(item -> {
                    if (item instanceof JsonObject object) {
                        bags(object);
                    }
                });
            }
        }
    }

    private static void bags(JsonObject thing) {
        for (String bag : BAGS) {
            if (thing.get(bag) instanceof JsonObject facets) {
                facets.entrySet().forEach(facet -> mask(facet.getValue()));
            }
        }
    }

    private static void mask(JsonElement value) {
        if (value instanceof JsonArray array) {
            for (int n = 0; n < array.size(); n++) {
                if (text(array.get(n))) {
                    array.set(n, new JsonPrimitive(Secrets.masked(array.get(n).getAsString())));
                } else {
                    mask(array.get(n));
                }
            }
        } else if (value instanceof JsonObject object) {
            members(object);
        }
    }

    /** {@code {"api_key": "x"}}, and {@code {"name": "API_KEY", "value": "x"}} as well. */
    private static void members(JsonObject object) {
        String called = called(object);
        for (Map.Entry<String, JsonElement> member : object.entrySet()) {
            JsonElement value = member.getValue();
            if (text(value)) {
                String name = member.getKey().equals("value") ? called : member.getKey();
                String kept = Secrets.masked(name, value.getAsString());
                if (!kept.equals(value.getAsString())) {
                    member.setValue(new JsonPrimitive(kept));
                }
            } else {
                mask(value);
            }
        }
    }

    private static String called(JsonObject object) {
        for (String name : List.of("name", "key")) {
            if (text(object.get(name))) {
                return object.get(name).getAsString();
            }
        }
        return "value";
    }

    private static boolean text(JsonElement value) {
        return value instanceof JsonPrimitive primitive && primitive.isString();
    }
}
