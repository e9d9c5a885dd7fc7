package dev.weft.node.observe;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.util.List;

/** JSON of a signed document: no name twice, no bottomless nesting, nothing behind it. Says what is missing by its name. */
final class BundleJson {
    private static final int MAX_DEPTH = 32;

    private BundleJson() {}

    static JsonObject read(String text) throws VerificationException {
        try (JsonReader in = new JsonReader(new StringReader(text))) {
            in.setStrictness(Strictness.STRICT);
            in.setNestingLimit(MAX_DEPTH);
            JsonElement value = value(in);
            if (value instanceof JsonObject object && in.peek() == JsonToken.END_DOCUMENT) {
                return object;
            }
        } catch (IOException | IllegalStateException | NumberFormatException e) {
            throw bad("it is no JSON");
        }
        throw bad("it is no JSON object");
    }

    private static JsonElement value(JsonReader in) throws IOException, VerificationException {
        switch (in.peek()) {
            case BEGIN_OBJECT -> {
                JsonObject object = new JsonObject();
                in.beginObject();
                while (in.hasNext()) {
                    String name = in.nextName();
                    if (object.has(name)) {
                        throw bad("it says \"" + name + "\" twice");
                    }
                    object.add(name, value(in));
                }
                in.endObject();
                return object;
            }
            case BEGIN_ARRAY -> {
                JsonArray array = new JsonArray();
                in.beginArray();
                while (in.hasNext()) {
                    array.add(value(in));
                }
                in.endArray();
                return array;
            }
            case NUMBER -> {
                return new JsonPrimitive(number(in.nextString()));
            }
            case BOOLEAN -> {
                return new JsonPrimitive(in.nextBoolean());
            }
            case NULL -> {
                in.nextNull();
                return JsonNull.INSTANCE;
            }
            default -> {
                return new JsonPrimitive(in.nextString());
            }
        }
    }

    /** Such a document has no number of more digits, and an exponent without end would be one. */
    private static BigDecimal number(String text) throws VerificationException {
        if (!text.matches("-?[0-9]{1,18}(\\.[0-9]{1,18})?")) {
            throw bad("it holds a number that no such document has");
        }
        return new BigDecimal(text);
    }

    static JsonObject object(JsonObject in, String name) throws VerificationException {
        if (in.get(name) instanceof JsonObject object) {
            return object;
        }
        throw bad("its \"" + name + "\" is missing, or no object");
    }

    static List<JsonElement> array(JsonObject in, String name) throws VerificationException {
        if (in.get(name) instanceof JsonArray array) {
            return array.asList();
        }
        throw bad("its \"" + name + "\" is missing, or no list");
    }

    static String text(JsonObject in, String name) throws VerificationException {
        if (in.get(name) instanceof JsonPrimitive text && text.isString()) {
            return text.getAsString();
        }
        throw bad("its \"" + name + "\" is missing, or no text");
    }

    static VerificationException bad(String why) {
        return new VerificationException(Reason.MALFORMED, why);
    }
}
