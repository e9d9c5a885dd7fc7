package dev.weft.node.release;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.weft.proto.digest.Digest;
import java.util.List;
import java.util.Map;

/**
 * A statement that names others which were made again: a round's id is the id of its registration, so what is said of an
 * undelivered round follows it to its new id.
 */
final class Renamed {
    private Renamed() {}

    /** The message with each id replaced that stands whole in one of its fields. */
    static Message in(Message message, Map<Digest, Digest> again) {
        if (again.isEmpty()) {
            return message;
        }
        Message.Builder result = message.toBuilder();
        message.getAllFields().forEach((field, value) -> result.setField(field, field(field, value, again)));
        return result.build();
    }

    private static Object field(FieldDescriptor field, Object value, Map<Digest, Digest> again) {
        return field.isRepeated()
                ? ((List<?>) value).stream().map(one -> one(one, again)).toList()
                : one(value, again);
    }

    private static Object one(Object value, Map<Digest, Digest> again) {
        if (value instanceof Message inner) {
            return in(inner, again);
        }
        if (value instanceof ByteString bytes && bytes.size() == Digest.SIZE) {
            Digest id = Digest.of(bytes);
            return again.getOrDefault(id, id).toByteString();
        }
        return value;
    }
}
