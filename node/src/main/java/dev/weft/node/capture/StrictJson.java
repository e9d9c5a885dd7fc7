package dev.weft.node.capture;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads JSON as RFC 8259 has it into maps, lists, strings, truth values and {@link Numeral}s that keep their text. A name
 * that stands twice, null, and what comes after the value are refused.
 */
final class StrictJson {

    private static final int MAX_DEPTH = 16;
    private static final Pattern PLACE = Pattern.compile("line \\d+ column \\d+");

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
        } catch (IOException | IllegalStateException | NumberFormatException e) {
            throw malformed(
                    deep(e)
                            ? "it nests deeper than " + MAX_DEPTH + " levels"
                            : "it breaks JSON's grammar" + place(e) + "; quote names and texts, and check the commas");
        }
    }

    private static boolean deep(Exception e) {
        return String.valueOf(e.getMessage()).startsWith("Nesting limit");
    }

    /** Of the parser's own message only where it stopped. */
    private static String place(Exception e) {
        Matcher place = PLACE.matcher(String.valueOf(e.getMessage()));
        return place.find() ? " at " + place.group() : "";
    }

    private static Object value(JsonReader in) throws IOException, VerificationException {
        return switch (in.peek()) {
            case BEGIN_OBJECT -> object(in);
            case BEGIN_ARRAY -> array(in);
            case STRING -> in.nextString();
            case NUMBER -> new Numeral(in.nextString());
            case BOOLEAN -> in.nextBoolean();
            case NULL -> throw malformed(path(in) + " is null; leave out what is not there");
            default -> throw malformed(path(in) + " is no value");
        };
    }

    /** As a person would name it: {@code received[0].reason}. */
    private static String path(JsonReader in) {
        String path = in.getPath().replaceFirst("^\\$\\.?", "");
        return path.isEmpty() ? "the whole" : "\"" + path + "\"";
    }

    private static Map<String, Object> object(JsonReader in) throws IOException, VerificationException {
        Map<String, Object> members = new LinkedHashMap<>();
        in.beginObject();
        while (in.hasNext()) {
            String name = in.nextName();
            if (members.put(name, value(in)) != null) {
                throw new VerificationException(
                        Reason.MALFORMED, "\"%s\" stands twice in one object: keep one".formatted(name));
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
}
