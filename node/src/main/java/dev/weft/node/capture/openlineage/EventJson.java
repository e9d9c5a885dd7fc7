package dev.weft.node.capture.openlineage;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonIOException;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.TreeSet;

/** JSON as producers write it: nulls and unknown names are no error, bad grammar and bottomless nesting are. */
final class EventJson {

    private static final int MAX_DEPTH = 60;
    private static final Gson GSON = new Gson();

    private EventJson() {}

    static JsonElement read(String text) throws VerificationException {
        try (JsonReader in = new JsonReader(new StringReader(text))) {
            in.setStrictness(Strictness.STRICT);
            in.setNestingLimit(MAX_DEPTH);
            JsonElement value = GSON.getAdapter(JsonElement.class).read(in);
            if (in.peek() == JsonToken.END_DOCUMENT) {
                return value;
            }
        } catch (IOException | JsonParseException | IllegalStateException | NumberFormatException e) {
            boolean deep = String.valueOf(e.getMessage()).startsWith("Nesting limit");
            throw new VerificationException(
                    deep ? Reason.TOO_DEEP : Reason.MALFORMED,
                    deep
                            ? "the event nests deeper than " + MAX_DEPTH + " levels; flatten it"
                            : "the event is not JSON: send one object, or a list of them",
                    e);
        }
        throw new VerificationException(Reason.MALFORMED, "something follows the event; send one object, or a list");
    }

    /** SHA-256 of the value with its names in order: the same event in other clothes is the same event. */
    static Digest digest(JsonElement value) {
        StringBuilder text = new StringBuilder(1 << 13);
        try {
            print(value, text);
        } catch (IOException e) {
            throw new JsonIOException(e); // a StringBuilder throws none
        }
        return Hashing.sha256(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void print(JsonElement value, StringBuilder text) throws IOException {
        if (value instanceof JsonObject object) {
            text.append('{');
            for (String name : new TreeSet<>(object.keySet())) {
                text.append(GSON.toJson(name)).append(':');
                print(object.get(name), text);
                text.append(',');
            }
            text.append('}');
        } else if (value instanceof JsonArray array) {
            text.append('[');
            for (JsonElement item : array) {
                print(item, text);
                text.append(',');
            }
            text.append(']');
        } else {
            GSON.toJson(value, text);
        }
    }
}
