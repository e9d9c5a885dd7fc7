package dev.weft.node.http;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.weft.proto.Reason;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Bodies in and out: strict JSON in UTF-8, never larger than the route allows. */
final class Json {
    private static final Gson GSON = new GsonBuilder()
            .disableHtmlEscaping()
            .setStrictness(Strictness.STRICT)
            .create();

    private Json() {}

    /** The whole body as text. Fails with 413 above the limit, without having read more than that. */
    static String body(Context ctx, long limit) {
        if (ctx.req().getContentLengthLong() > limit) {
            throw tooLarge(limit);
        }
        try (InputStream in = ctx.req().getInputStream()) {
            byte[] bytes = in.readNBytes((int) Math.min(limit + 1, Integer.MAX_VALUE - 8));
            if (bytes.length > limit) {
                throw tooLarge(limit);
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ApiException(400, Reason.MALFORMED, "the body is not UTF-8");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ApiException tooLarge(long limit) {
        return new ApiException(
                413, Reason.TOO_LARGE, "the body is larger than " + limit + " bytes; send less at once");
    }

    /** One JSON object and nothing behind it. */
    static JsonObject object(String text) {
        try (JsonReader reader = new JsonReader(new StringReader(text))) {
            reader.setStrictness(Strictness.STRICT);
            JsonElement element = GSON.fromJson(reader, JsonElement.class);
            if (element == null || !element.isJsonObject()) {
                throw new ApiException(400, Reason.MALFORMED, "the body is not a JSON object");
            }
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new ApiException(400, Reason.MALFORMED, "something stands behind the JSON object");
            }
            return element.getAsJsonObject();
        } catch (JsonParseException | IOException e) {
            throw new ApiException(400, Reason.MALFORMED, "the body is not valid JSON: " + firstLine(e));
        }
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

    private static String firstLine(Exception e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
