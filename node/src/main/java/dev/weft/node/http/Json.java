package dev.weft.node.http;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import io.javalin.http.Context;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** Bodies in and out: strict JSON in UTF-8, never larger than the route allows. */
final class Json {
    private static final Gson GSON = new GsonBuilder()
            .disableHtmlEscaping()
            .serializeNulls()
            .setStrictness(Strictness.STRICT)
            .create();
    private static final Pattern PLACE = Pattern.compile("line \\d+ column \\d+");

    private Json() {}

    /** The whole body as text, unpacked where it is gzip. Fails with 413 above the limit, having read no more than that. */
    static String body(Context ctx, long limit) {
        if (ctx.req().getContentLengthLong() > limit) {
            throw tooLarge(limit);
        }
        byte[] bytes = Bodies.read(ctx, (int) Math.min(limit, Integer.MAX_VALUE - 9));
        if (bytes.length > limit) {
            throw tooLarge(limit);
        }
        bytes = decoded(ctx, bytes, limit);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ApiException(400, Reason.MALFORMED, "the body is not UTF-8");
        }
    }

    private static byte[] decoded(Context ctx, byte[] bytes, long limit) {
        String encoding = Optional.ofNullable(ctx.header("Content-Encoding")).orElse("identity");
        if (encoding.equalsIgnoreCase("identity")) {
            return bytes;
        }
        if (!encoding.equalsIgnoreCase("gzip")) {
            throw new ApiException(
                    415, Reason.MALFORMED, "the body is packed as '" + encoding + "'; send it as it is, or as gzip");
        }
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            byte[] plain = in.readNBytes((int) Math.min(limit + 1, Integer.MAX_VALUE - 9));
            if (plain.length > limit) {
                throw tooLarge(limit);
            }
            return plain;
        } catch (IOException e) {
            throw new ApiException(400, Reason.MALFORMED, "the body says that it is gzip, and is not, or is cut short");
        }
    }

    private static ApiException tooLarge(long limit) {
        return new ApiException(
                413, Reason.TOO_LARGE, "the body is larger than " + limit + " bytes; send less at once");
    }

    /** One JSON object and nothing behind it; no name twice. */
    static JsonObject object(String text) {
        try (JsonReader reader = new JsonReader(new StringReader(text))) {
            reader.setStrictness(Strictness.STRICT);
            JsonElement element = element(reader);
            if (!element.isJsonObject() || reader.peek() != JsonToken.END_DOCUMENT) {
                throw new ApiException(400, Reason.MALFORMED, "the body is not one JSON object");
            }
            return element.getAsJsonObject();
        } catch (JsonParseException | IOException | IllegalStateException e) {
            throw new ApiException(400, Reason.MALFORMED, "the body is not valid JSON" + place(e));
        }
    }

    private static JsonElement element(JsonReader reader) throws IOException {
        switch (reader.peek()) {
            case BEGIN_OBJECT -> {
                return members(reader);
            }
            case BEGIN_ARRAY -> {
                JsonArray array = new JsonArray();
                reader.beginArray();
                while (reader.hasNext()) {
                    array.add(element(reader));
                }
                reader.endArray();
                return array;
            }
            default -> {
                return GSON.fromJson(reader, JsonElement.class);
            }
        }
    }

    private static JsonObject members(JsonReader reader) throws IOException {
        JsonObject object = new JsonObject();
        reader.beginObject();
        while (reader.hasNext()) {
            String name = reader.nextName();
            if (object.has(name)) {
                throw new ApiException(400, Reason.MALFORMED, "'" + name + "' stands twice in one JSON object");
            }
            object.add(name, element(reader));
        }
        reader.endObject();
        return object;
    }

    /** A text member that has to be there. */
    static String text(JsonObject object, String name) {
        JsonElement value = object.get(name);
        if (value == null
                || !value.isJsonPrimitive()
                || !value.getAsJsonPrimitive().isString()) {
            throw new ApiException(400, Reason.MISSING_FIELD, "'" + name + "' must be there and be a text");
        }
        return value.getAsString();
    }

    /** A text that is padded base64. */
    static ByteString bytes(JsonObject object, String name) {
        try {
            return ByteString.copyFrom(Base64.getDecoder().decode(text(object, name)));
        } catch (IllegalArgumentException e) {
            throw new ApiException(400, Reason.MALFORMED, "'" + name + "' must be base64");
        }
    }

    /** A member that is true or false, and false where it is left out. */
    static boolean truth(JsonObject object, String name) {
        JsonElement value = object.get(name);
        if (value == null) {
            return false;
        }
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isBoolean()) {
            throw new ApiException(400, Reason.BAD_VALUE, "'" + name + "' must be true or false");
        }
        return value.getAsBoolean();
    }

    static void answer(Context ctx, int status, JsonElement body) {
        ctx.status(status).contentType("application/json").result(GSON.toJson(body));
    }

    static void answer(Context ctx, JsonElement body) {
        answer(ctx, 200, body);
    }

    static JsonObject problem(Reason reason, String message) {
        JsonObject problem = new JsonObject();
        problem.addProperty("reason", reason.code());
        problem.addProperty("message", message);
        return problem;
    }

    private static String place(Exception e) {
        Matcher place = PLACE.matcher(String.valueOf(e.getMessage()));
        return place.find() ? ", at " + place.group() : "";
    }
}
