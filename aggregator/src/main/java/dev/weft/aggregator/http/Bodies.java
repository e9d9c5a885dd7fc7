package dev.weft.aggregator.http;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.weft.proto.Reason;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.v1.Question;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Bodies as they come in: bounded, then parsed. */
final class Bodies {
    static final int LIMIT = 128 << 10;

    private static final Gson STRICT =
            new GsonBuilder().setStrictness(Strictness.STRICT).create();

    private Bodies() {}

    /** The whole body. Fails with 413 above the limit, without having read more than that. */
    static byte[] bytes(Context ctx) {
        try (InputStream in = ctx.req().getInputStream()) {
            byte[] bytes = in.readNBytes(LIMIT + 1);
            if (bytes.length > LIMIT) {
                throw new ApiException(413, Reason.TOO_LARGE, "The body is larger than " + LIMIT + " bytes.");
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Question question(Context ctx) {
        Question.Builder question = Question.newBuilder();
        try {
            JsonFormat.parser().merge(new String(bytes(ctx), StandardCharsets.UTF_8), question);
        } catch (InvalidProtocolBufferException e) {
            throw new ApiException(400, Reason.MALFORMED, "The body is no weft.v1.Question in JSON: " + words(e));
        }
        return question.build();
    }

    /** What the parser says, without the name of a class before it. */
    private static String words(InvalidProtocolBufferException e) {
        return String.valueOf(e.getMessage()).replaceFirst("^[\\w.$]+Exception: ", "");
    }

    /** The member that {@code {"member": NAME}} names. */
    static MemberName member(Context ctx) {
        String name = text(object(ctx), "member");
        if (!MemberName.isName(name)) {
            throw new ApiException(400, Reason.BAD_NAME, "'member' is not a name.");
        }
        return new MemberName(name);
    }

    private static JsonObject object(Context ctx) {
        try {
            JsonElement element = STRICT.fromJson(new String(bytes(ctx), StandardCharsets.UTF_8), JsonElement.class);
            if (element != null && element.isJsonObject()) {
                return element.getAsJsonObject();
            }
        } catch (JsonParseException e) {
            throw new ApiException(400, Reason.MALFORMED, "The body is not valid JSON.");
        }
        throw new ApiException(400, Reason.MALFORMED, "The body is not a JSON object.");
    }

    private static String text(JsonObject object, String name) {
        JsonElement value = object.get(name);
        if (value == null
                || !value.isJsonPrimitive()
                || !value.getAsJsonPrimitive().isString()) {
            throw new ApiException(400, Reason.MISSING_FIELD, "'" + name + "' must be there and be a text.");
        }
        return value.getAsString();
    }
}
