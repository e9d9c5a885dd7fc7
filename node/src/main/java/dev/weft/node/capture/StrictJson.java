package dev.weft.node.capture;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON as RFC 8259 has it into maps, lists, strings, truth values and {@link Numeral}s that keep their text. A name
 * that stands twice, null, and what comes after the value are refused.
 */
final class StrictJson {

    private static final int MAX_DEPTH = 16;

    /** A number as it was written: only the field it is for can say what it means. */
    record Numeral(String text) {}

    private StrictJson() {}

    static Object read(String text) throws VerificationException {
        try (JsonReader in = new JsonReader(new StringReader(text))) {
            in.setStrictness(Strictness.STRICT);
            in.setNestingLimit(MAX_DEPTH);
            Object value = value(in);
            if (in.peek() != JsonToken.END_DOCUMENT) {
                throw malformed("something follows the value; send one value alone");
            }
            return value;
        } catch (EOFException e) {
            throw malformed("it ends too early; send it whole");
        } catch (MalformedJsonException e) {
            throw malformed(firstLine(e));
        } catch (IOException | IllegalStateException | NumberFormatException e) {
            throw malformed("it cannot be read: " + firstLine(e));
        }
    }

    private static Object value(JsonReader in) throws IOException, VerificationException {
        return switch (in.peek()) {
            case BEGIN_OBJECT -> object(in);
            case BEGIN_ARRAY -> array(in);
            case STRING -> in.nextString();
            case NUMBER -> new Numeral(in.nextString());
            case BOOLEAN -> in.nextBoolean();
            case NULL -> throw malformed(in.getPath() + " is null; leave out what is not there");
            default -> throw malformed("a value is missing at " + in.getPath());
        };
    }

    private static Map<String, Object> object(JsonReader in) throws IOException, VerificationException {
        Map<String, Object> members = new LinkedHashMap<>();
        in.beginObject();
        while (in.hasNext()) {
            String name = in.nextName();
            if (members.put(name, value(in)) != null) {
                throw new VerificationException(
                        Reason.DUPLICATE, "\"%s\" stands twice in one object: keep one".formatted(name));
            }
        }
        in.endObject();
        return members;
    }

    private static List<Object> array(JsonReader in) throws IOException, VerificationException {
        List<Object> items = new ArrayList<>();
        in.beginArray();
        while (in.hasNext()) {
            items.add(value(in));
        }
        in.endArray();
        return items;
    }

    private static VerificationException malformed(String what) {
        return new VerificationException(Reason.MALFORMED, "this is not JSON that a record can be read from: " + what);
    }

    private static String firstLine(Exception e) {
        String message = e.getMessage();
        return message == null
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }
}
