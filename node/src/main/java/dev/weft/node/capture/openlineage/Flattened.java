package dev.weft.node.capture.openlineage;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.FieldValue;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * An event as named values, each under its path: {@code run.facets.nominalTime.nominalStartTime}, {@code
 * inputs.0.namespace}. A dot in a name of the event's own is written {@code \.}. A list of texts, numbers and truths is
 * one value; so is a list of objects, as JSON text. Nulls are left out.
 */
final class Flattened {

    /** Beyond so many values the rest stays in larger pieces, as JSON text. */
    private static final int MAX_VALUES = 4_000;
    /** Characters of a path at most; below a longer one all is one value. */
    private static final int MAX_PATH = 500;

    private static final Gson GSON = new Gson();
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]+");

    private final SortedMap<String, FieldValue> values = new TreeMap<>();

    private Flattened() {}

    static SortedMap<String, FieldValue> of(JsonObject event) throws VerificationException {
        Flattened flattened = new Flattened();
        try {
            flattened.members("", event);
        } catch (IllegalArgumentException e) {
            throw new VerificationException(
                    Reason.BAD_VALUE, "a value of the event cannot be kept: " + e.getMessage(), e);
        }
        return flattened.values;
    }

    private void members(String prefix, JsonObject object) {
        for (Map.Entry<String, JsonElement> member : object.entrySet()) {
            String name = member.getKey().replace("\\", "\\\\").replace(".", "\\.");
            put(prefix.isEmpty() ? name : prefix + "." + name, member.getValue());
        }
    }

    private void put(String path, JsonElement value) {
        if (path.length() > MAX_PATH) {
            throw new IllegalArgumentException("a name in it is longer than " + MAX_PATH + " characters");
        }
        if (value instanceof JsonObject object && !object.isEmpty() && room(path, object)) {
            members(path, object);
        } else if (value instanceof JsonArray array && isDatasets(path) && values.size() < MAX_VALUES) {
            for (int n = 0; n < array.size(); n++) {
                put(path + "." + n, array.get(n));
            }
        } else if (!value.isJsonNull()) {
            values.put(path, value(value));
        }
    }

    private static boolean isDatasets(String path) {
        return path.equals("inputs") || path.equals("outputs");
    }

    private boolean room(String path, JsonObject object) {
        return values.size() + object.size() <= MAX_VALUES
                && object.keySet().stream().allMatch(name -> path.length() + 2 * name.length() < MAX_PATH);
    }

    private static FieldValue value(JsonElement value) {
        if (value instanceof JsonPrimitive primitive) {
            return scalar(primitive);
        }
        if (value instanceof JsonArray array && array.asList().stream().allMatch(JsonElement::isJsonPrimitive)) {
            List<FieldValue> items = new ArrayList<>(array.size());
            array.forEach(item -> items.add(scalar(item.getAsJsonPrimitive())));
            return new FieldValue.Items(items);
        }
        return FieldValue.of(GSON.toJson(value));
    }

    private static FieldValue scalar(JsonPrimitive primitive) {
        if (primitive.isBoolean()) {
            return FieldValue.of(primitive.getAsBoolean());
        }
        String text = primitive.getAsString();
        if (primitive.isString()) {
            return FieldValue.of(text);
        }
        if (text.length() < FieldValue.MAX_DIGITS && WHOLE.matcher(text).matches()) {
            return new FieldValue.Int(new BigInteger(text));
        }
        double real = Double.parseDouble(text);
        return Double.isInfinite(real) ? FieldValue.of(text) : FieldValue.of(real);
    }
}
