package dev.weft.proto.statement;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * One message to and from canonical JSON, by its descriptor. Reading is as strict as naming the fault needs; that the
 * form was the canonical one is known only when what was read has been printed again and compared.
 */
final class MessageJson {
    /** Objects and arrays within one another, the statement itself being the first. */
    static final int MAX_DEPTH = 16;

    private MessageJson() {}

    static void print(Message message, JsonOut out) {
        out.raw('{');
        boolean first = true;
        for (Shape.Field field : Shape.of(message.getDescriptorForType()).fields()) {
            FieldDescriptor descriptor = field.descriptor();
            boolean repeated = descriptor.isRepeated();
            if (repeated ? message.getRepeatedFieldCount(descriptor) == 0 : !message.hasField(descriptor)) {
                continue;
            }
            if (!first) {
                out.raw(',');
            }
            first = false;
            out.raw(field.prefix());
            if (repeated) {
                printItems(message, descriptor, out);
            } else {
                printValue(descriptor, message.getField(descriptor), out);
            }
        }
        out.raw('}');
    }

    private static void printItems(Message message, FieldDescriptor field, JsonOut out) {
        out.raw('[');
        int count = message.getRepeatedFieldCount(field);
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                out.raw(',');
            }
            printValue(field, message.getRepeatedField(field, i), out);
        }
        out.raw(']');
    }

    private static void printValue(FieldDescriptor field, Object value, JsonOut out) {
        switch (field.getJavaType()) {
            case STRING -> out.string((String) value);
            case BYTE_STRING -> out.base64((ByteString) value);
            case MESSAGE -> print((Message) value, out);
            case ENUM -> out.string(((EnumValueDescriptor) value).getName());
            case BOOLEAN -> out.raw((Boolean) value ? "true" : "false");
            case INT -> out.raw(Integer.toUnsignedString((Integer) value));
            case LONG -> out.raw('"').raw(Long.toUnsignedString((Long) value)).raw('"');
            case FLOAT, DOUBLE -> throw new IllegalArgumentException("weft/v1 has no floating-point fields");
        }
    }

    /** Reads one object into the builder; {@code depth} is the object's own. */
    static void read(JsonReader in, Message.Builder into, int depth) throws IOException, VerificationException {
        begin(in, depth, into.getDescriptorForType().getName());
        Shape shape = Shape.of(into.getDescriptorForType());
        String last = null;
        while (in.hasNext()) {
            String name = in.nextName();
            checkOrder(last, name);
            last = name;
            Shape.Field field = shape.field(name);
            if (field == null) {
                throw new VerificationException(
                        Reason.UNKNOWN_FIELD,
                        "'" + shorten(name) + "' is no field of "
                                + into.getDescriptorForType().getName() + "; leave it out.");
            }
            if (field.descriptor().isRepeated()) {
                readItems(in, field, into, depth + 1);
            } else {
                into.setField(field.descriptor(), readValue(in, field, into, depth + 1));
            }
        }
        in.endObject();
    }

    /** Names in strictly rising order of their UTF-8 bytes: one rule against disorder and duplicates. */
    static void checkOrder(@Nullable String last, String name) throws VerificationException {
        int order = last == null ? -1 : compareCodePoints(last, name);
        if (order == 0) {
            throw new VerificationException(
                    Reason.DUPLICATE, "The name '" + shorten(name) + "' stands twice in one object; keep one.");
        }
        if (order > 0) {
            throw new VerificationException(
                    Reason.NOT_CANONICAL,
                    "The name '" + shorten(name) + "' is out of order; sort the names of each object.");
        }
    }

    /** The order of UTF-8 bytes, which is that of code points: half a surrogate pair stands above every other unit. */
    private static int compareCodePoints(String a, String b) {
        int both = Math.min(a.length(), b.length());
        for (int i = 0; i < both; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean above = Character.isSurrogate(x);
                return above == Character.isSurrogate(y) ? Character.compare(x, y) : above ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /** Opens an object at that depth. */
    static void begin(JsonReader in, int depth, String what) throws IOException, VerificationException {
        checkDepth(depth);
        expect(in, JsonToken.BEGIN_OBJECT, what);
        in.beginObject();
    }

    static void checkDepth(int depth) throws VerificationException {
        if (depth > MAX_DEPTH) {
            throw new VerificationException(
                    Reason.TOO_DEEP, "The payload nests more than " + MAX_DEPTH + " deep; no statement needs that.");
        }
    }

    static void expect(JsonReader in, JsonToken token, String what) throws IOException, VerificationException {
        JsonToken found = in.peek();
        if (found != token) {
            throw new VerificationException(
                    Reason.MALFORMED, "'" + what + "' is " + found + " where " + token + " is needed.");
        }
    }

    static String shorten(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }

    private static void readItems(JsonReader in, Shape.Field field, Message.Builder into, int depth)
            throws IOException, VerificationException {
        checkDepth(depth);
        expect(in, JsonToken.BEGIN_ARRAY, field.name());
        in.beginArray();
        while (in.hasNext()) {
            into.addRepeatedField(field.descriptor(), readValue(in, field, into, depth + 1));
        }
        in.endArray();
    }

    private static Object readValue(JsonReader in, Shape.Field field, Message.Builder owner, int depth)
            throws IOException, VerificationException {
        FieldDescriptor descriptor = field.descriptor();
        return switch (descriptor.getJavaType()) {
            case MESSAGE -> {
                Message.Builder nested = owner.newBuilderForField(descriptor);
                read(in, nested, depth);
                yield nested.build();
            }
            case STRING -> text(in, field);
            case BYTE_STRING -> bytes(text(in, field), field);
            case ENUM -> enumValue(text(in, field), field);
            case BOOLEAN -> {
                expect(in, JsonToken.BOOLEAN, field.name());
                yield in.nextBoolean();
            }
            case INT -> {
                expect(in, JsonToken.NUMBER, field.name());
                yield unsignedInt(in.nextString(), field);
            }
            case LONG -> unsignedLong(text(in, field), field);
            case FLOAT, DOUBLE -> throw new IllegalArgumentException("weft/v1 has no floating-point fields");
        };
    }

    private static String text(JsonReader in, Shape.Field field) throws IOException, VerificationException {
        expect(in, JsonToken.STRING, field.name());
        return in.nextString();
    }

    private static ByteString bytes(String text, Shape.Field field) throws VerificationException {
        try {
            return ByteString.copyFrom(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            throw malformed(field, "padded standard base64");
        }
    }

    private static EnumValueDescriptor enumValue(String name, Shape.Field field) throws VerificationException {
        EnumValueDescriptor value = field.descriptor().getEnumType().findValueByName(name);
        if (value == null) {
            throw malformed(
                    field, "a name of " + field.descriptor().getEnumType().getName());
        }
        return value;
    }

    private static Integer unsignedInt(String digits, Shape.Field field) throws VerificationException {
        try {
            return Integer.parseUnsignedInt(digits);
        } catch (NumberFormatException e) {
            throw malformed(field, "a whole number below 2^32");
        }
    }

    private static Long unsignedLong(String digits, Shape.Field field) throws VerificationException {
        try {
            return Long.parseUnsignedLong(digits);
        } catch (NumberFormatException e) {
            throw malformed(field, "the decimal digits of a whole number below 2^64");
        }
    }

    private static VerificationException malformed(Shape.Field field, String needed) {
        return new VerificationException(Reason.MALFORMED, "'" + field.name() + "' must be " + needed + ".");
    }
}
