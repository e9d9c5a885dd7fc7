package dev.weft.proto.statement;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.Header;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The payload of a statement: an in-toto Statement v1 in the one JSON that says it.
 *
 * <p>Canonical means: member names in the order of their UTF-8 bytes, no insignificant white space; 64-bit integers as decimal strings,
 * smaller ones as numbers; bytes as padded standard base64; enums by name; fields at their default left out; no null;
 * strings as UTF-8 with the escapes of RFC 8785 section 3.2.2.2; nothing after the last brace. Read strictly, and valid
 * only if printing what was read gives the received bytes.
 *
 * <p>The {@code subject} is a function of the predicate alone, see {@link Subject}.
 */
public final class CanonicalJson {
    static final String STATEMENT_TYPE = "https://in-toto.io/Statement/v1";

    static final String TYPE_MEMBER = ",\"predicateType\":\"";
    private static final int MAX_TYPE_LENGTH = 200;

    private CanonicalJson() {}

    /**
     * What a payload says.
     *
     * @param predicate empty where {@code predicateType} is unknown to this version
     */
    public record Parsed(String predicateType, Header header, Optional<Message> predicate) {}

    /** The payload that says this predicate. A message that is no predicate is an IllegalArgumentException. */
    public static ByteString print(Message predicate) {
        return printStatement(predicate, 2048).toByteString();
    }

    /** One message alone: the predicate's body as a steward is shown it, or any other message of weft/v1. */
    public static ByteString printMessage(Message message) {
        JsonOut out = new JsonOut(1024);
        MessageJson.print(message, out);
        return out.toByteString();
    }

    /**
     * Reads what {@link #printMessage} printed, and nothing else, into a builder.
     *
     * @throws VerificationException as {@link #parse}
     */
    public static void parseMessage(ByteString json, Message.Builder into) throws VerificationException {
        if (!json.isValidUtf8()) {
            throw new VerificationException(Reason.MALFORMED, "The message is not UTF-8; send JSON.");
        }
        try (JsonReader in = new JsonReader(new StringReader(json.toStringUtf8()))) {
            in.setStrictness(Strictness.STRICT);
            MessageJson.read(in, into, 1);
            checkEnd(in);
        } catch (IOException | IllegalStateException | NumberFormatException e) {
            throw new VerificationException(
                    Reason.MALFORMED, "The message is not strict JSON: " + MessageJson.shorten(firstLine(e)) + ".");
        }
        if (!printMessage(into.build()).equals(json)) {
            throw new VerificationException(
                    Reason.NOT_CANONICAL, "The message is not the canonical JSON of what it says; take it as written.");
        }
    }

    /**
     * Reads a payload.
     *
     * @throws VerificationException {@link Reason#MALFORMED}, {@link Reason#NOT_CANONICAL},
     *     {@link Reason#UNKNOWN_FIELD}, {@link Reason#DUPLICATE} or {@link Reason#TOO_DEEP}
     */
    public static Parsed parse(ByteString payload) throws VerificationException {
        Message fast = CanonicalReader.read(payload);
        if (fast != null) {
            return new Parsed(PredicateType.of(fast).uri(), header(fast), Optional.of(fast));
        }
        return parseSlowly(payload);
    }

    /** The reader that names what is wrong, and the only one for types that are not known. */
    static Parsed parseSlowly(ByteString payload) throws VerificationException {
        if (!payload.isValidUtf8()) {
            throw new VerificationException(Reason.MALFORMED, "The payload is not UTF-8; send JSON.");
        }
        String text = payload.toStringUtf8();
        PredicateType type = typeOf(text);
        try (JsonReader in = new JsonReader(new StringReader(text))) {
            in.setStrictness(Strictness.STRICT);
            return type == null ? new ForeignStatement(in, payload).parse() : parseKnown(in, type, payload);
        } catch (EOFException e) {
            throw new VerificationException(Reason.MALFORMED, "The payload ends too early; send it whole.");
        } catch (IOException | IllegalStateException | NumberFormatException e) {
            throw new VerificationException(
                    Reason.MALFORMED, "The payload is not strict JSON: " + MessageJson.shorten(firstLine(e)));
        }
    }

    static void checkType(String uri) throws VerificationException {
        if (uri.isEmpty() || uri.length() > MAX_TYPE_LENGTH || !FieldRules.isPrintable(uri)) {
            throw new VerificationException(
                    Reason.MALFORMED,
                    "predicateType must be a URI of 1 to " + MAX_TYPE_LENGTH + " printable ASCII characters.");
        }
    }

    static void checkEnd(JsonReader in) throws IOException, VerificationException {
        MessageJson.expect(in, JsonToken.END_DOCUMENT, "the end of the payload");
    }

    static void requireSame(JsonOut printed, ByteString received) throws VerificationException {
        if (!printed.equalTo(received)) {
            throw new VerificationException(
                    Reason.NOT_CANONICAL,
                    "The payload is not the canonical JSON of what it says, or its subject is not its predicate's;"
                            + " print it by the rules of docs/protocol.md.");
        }
    }

    /**
     * The type stands behind the predicate, but is needed to read it. A member of an unknown statement's subject may have
     * the same name, so only one of the payload's own members counts. Where it cannot be found, whoever reads the payload
     * says why.
     */
    private static @Nullable PredicateType typeOf(String text) {
        try (JsonReader in = new JsonReader(new StringReader(text))) {
            in.setStrictness(Strictness.STRICT);
            in.beginObject();
            while (in.hasNext()) {
                if (in.nextName().equals("predicateType")) {
                    return PredicateType.ofUri(in.nextString()).orElse(null);
                }
                in.skipValue();
            }
            return null;
        } catch (IOException | IllegalStateException | NumberFormatException e) {
            return null;
        }
    }

    private static Parsed parseKnown(JsonReader in, PredicateType type, ByteString payload)
            throws IOException, VerificationException {
        Message.Builder predicate = type.defaultInstance().newBuilderForType();
        // What these members say shows when the whole is printed again.
        ForeignStatement rest = new ForeignStatement(in, payload);
        MessageJson.begin(in, 1, "the payload");
        String last = null;
        while (in.hasNext()) {
            String name = in.nextName();
            MessageJson.checkOrder(last, name);
            last = name;
            switch (name) {
                case "predicate" -> MessageJson.read(in, predicate, 2);
                case "_type", "predicateType", "subject" -> rest.copyValue(2);
                default ->
                    throw new VerificationException(
                            Reason.UNKNOWN_FIELD,
                            "'" + MessageJson.shorten(name) + "' is no member of an in-toto statement; leave it out.");
            }
        }
        in.endObject();
        checkEnd(in);
        Message message = predicate.build();
        requireSame(printStatement(message, payload.size()), payload);
        return new Parsed(type.uri(), header(message), Optional.of(message));
    }

    private static JsonOut printStatement(Message predicate, int expected) {
        JsonOut out = new JsonOut(expected);
        out.raw("{\"_type\":").string(STATEMENT_TYPE).raw(",\"predicate\":");
        MessageJson.print(predicate, out);
        out.raw(TYPE_MEMBER).raw(PredicateType.of(predicate).uri()).raw("\",\"subject\":");
        Subject.print(predicate, out);
        return out.raw('}');
    }

    private static Header header(Message predicate) {
        return (Header) predicate.getField(predicate.getDescriptorForType().findFieldByNumber(1));
    }

    private static String firstLine(Exception e) {
        String message = e.getMessage();
        return message == null
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }
}
