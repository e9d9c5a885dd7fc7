package dev.weft.proto.statement;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.Header;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A statement whose predicate type this version does not know. It is kept and has no effect, so only its header is
 * understood; the rest is read token by token and printed again, which shows that it is canonical as far as that can be
 * seen without its schema.
 */
final class ForeignStatement {
    /** Whole numbers that every JSON reader holds exactly (RFC 8259 section 6). */
    private static final Pattern NUMBER = Pattern.compile("0|-?[1-9][0-9]{0,14}");

    private final JsonReader in;
    private final ByteString payload;
    private final JsonOut out;
    private @Nullable Header header;
    private String predicateType = "";
    private String statementType = "";
    private boolean subject;

    ForeignStatement(JsonReader in, ByteString payload) {
        this.in = in;
        this.payload = payload;
        this.out = new JsonOut(payload.size());
    }

    CanonicalJson.Parsed parse() throws IOException, VerificationException {
        copyObject(1);
        CanonicalJson.checkEnd(in);
        if (!statementType.equals(CanonicalJson.STATEMENT_TYPE) || !subject) {
            throw new VerificationException(
                    Reason.MALFORMED,
                    "The payload is not an in-toto statement; it needs _type " + CanonicalJson.STATEMENT_TYPE
                            + ", predicate, predicateType and a subject that is not empty.");
        }
        CanonicalJson.checkType(predicateType);
        if (header == null) {
            throw new VerificationException(
                    Reason.MISSING_FIELD, "The predicate has no header; every predicate carries one.");
        }
        CanonicalJson.requireSame(out, payload);
        if (PredicateType.ofUri(predicateType).isPresent()) {
            throw new VerificationException(
                    Reason.NOT_CANONICAL, "The subject is not that of its predicate; print it from the predicate.");
        }
        return new CanonicalJson.Parsed(predicateType, header, Optional.empty());
    }

    void copyValue(int depth) throws IOException, VerificationException {
        JsonToken token = in.peek();
        switch (token) {
            case BEGIN_OBJECT -> copyObject(depth);
            case BEGIN_ARRAY -> copyArray(depth);
            case STRING -> out.string(in.nextString());
            case BOOLEAN -> out.raw(in.nextBoolean() ? "true" : "false");
            case NUMBER -> copyNumber(in.nextString());
            case NULL ->
                throw new VerificationException(
                        Reason.NOT_CANONICAL, "The payload holds a null; leave the member out.");
            case END_OBJECT, END_ARRAY, NAME, END_DOCUMENT ->
                throw new VerificationException(
                        Reason.MALFORMED, "The payload has " + token + " where a value is needed.");
        }
    }

    private void copyObject(int depth) throws IOException, VerificationException {
        MessageJson.begin(in, depth, depth == 1 ? "the payload" : "a member");
        out.raw('{');
        String last = null;
        while (in.hasNext()) {
            String name = in.nextName();
            MessageJson.checkOrder(last, name);
            if (last != null) {
                out.raw(',');
            }
            last = name;
            out.string(name).raw(':');
            if (depth == 1) {
                copyTop(name);
            } else if (depth == 2 && name.equals("header") && header == null) {
                copyHeader();
            } else {
                copyValue(depth + 1);
            }
        }
        in.endObject();
        out.raw('}');
    }

    private void copyTop(String name) throws IOException, VerificationException {
        switch (name) {
            case "_type" -> {
                statementType = text(name);
                out.string(statementType);
            }
            case "predicateType" -> {
                predicateType = text(name);
                out.string(predicateType);
            }
            case "predicate" -> copyObject(2);
            case "subject" -> {
                MessageJson.expect(in, JsonToken.BEGIN_ARRAY, name);
                copyArray(2);
            }
            default ->
                throw new VerificationException(
                        Reason.UNKNOWN_FIELD,
                        "'" + MessageJson.shorten(name) + "' is no member of an in-toto statement; leave it out.");
        }
    }

    private void copyHeader() throws IOException, VerificationException {
        Header.Builder builder = Header.newBuilder();
        MessageJson.read(in, builder, 3);
        Header read = builder.build();
        MessageJson.print(read, out);
        header = read;
    }

    private void copyArray(int depth) throws IOException, VerificationException {
        MessageJson.checkDepth(depth);
        in.beginArray();
        out.raw('[');
        boolean first = true;
        while (in.hasNext()) {
            if (!first) {
                out.raw(',');
            }
            first = false;
            copyValue(depth + 1);
        }
        in.endArray();
        out.raw(']');
        subject |= depth == 2 && !first;
    }

    private void copyNumber(String number) throws VerificationException {
        if (!NUMBER.matcher(number).matches()) {
            throw new VerificationException(
                    Reason.NOT_CANONICAL,
                    "The payload holds the number " + MessageJson.shorten(number)
                            + "; only whole numbers of at most 15 digits have one form.");
        }
        out.raw(number);
    }

    private String text(String name) throws IOException, VerificationException {
        MessageJson.expect(in, JsonToken.STRING, name);
        return in.nextString();
    }
}
