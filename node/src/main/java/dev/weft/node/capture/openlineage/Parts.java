package dev.weft.node.capture.openlineage;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes parts out of an event by name, and says by their path what is missing or of another form. */
final class Parts {

    /** Characters of a name or a namespace at most; Dataplex draws the line in the same place. */
    private static final int MAX_NAME = 4_000;

    private Parts() {}

    static Optional<JsonObject> object(JsonObject in, String name) {
        return in.get(name) instanceof JsonObject object ? Optional.of(object) : Optional.empty();
    }

    static JsonObject required(JsonObject in, String name, String path) throws VerificationException {
        return object(in, name).orElseThrow(() -> missing(path + name));
    }

    static JsonObject facet(JsonObject in, String kind, String name) {
        return object(in, kind).flatMap(facets -> object(facets, name)).orElseGet(JsonObject::new);
    }

    static Optional<String> text(JsonObject in, String name) {
        JsonElement value = in.get(name);
        return value != null && value.isJsonPrimitive() && !value.getAsString().isBlank()
                ? Optional.of(value.getAsString())
                : Optional.empty();
    }

    static String name(JsonObject in, String name, String path) throws VerificationException {
        String text = text(in, name).orElseThrow(() -> missing(path + name));
        if (text.length() > MAX_NAME) {
            throw new VerificationException(
                    Reason.TOO_LARGE, "\"%s%s\" is longer than %d characters".formatted(path, name, MAX_NAME));
        }
        return text;
    }

    static List<JsonObject> objects(JsonObject in, String name) throws VerificationException {
        List<JsonObject> objects = new ArrayList<>();
        if (in.get(name) instanceof JsonArray array) {
            for (JsonElement item : array) {
                if (!(item instanceof JsonObject object)) {
                    throw new VerificationException(
                            Reason.BAD_VALUE, "\"%s\" must be a list of objects".formatted(name));
                }
                objects.add(object);
            }
        }
        return objects;
    }

    static VerificationException missing(String path) {
        return new VerificationException(Reason.MISSING_FIELD, "the event has no \"%s\": add it".formatted(path));
    }
}
