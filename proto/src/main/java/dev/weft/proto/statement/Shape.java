package dev.weft.proto.statement;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The fields of a message type as canonical JSON orders and names them. Made once per type. */
final class Shape {
    private static final Map<Descriptor, Shape> KNOWN = new ConcurrentHashMap<>();

    /**
     * One field.
     *
     * @param prefix {@code "name":} as it is written
     */
    @SuppressWarnings("ArrayRecordComponent") // neither compared nor handed out
    record Field(String name, byte[] prefix, FieldDescriptor descriptor) {}

    private final List<Field> fields;
    private final Map<String, Field> byName = new HashMap<>();

    private Shape(Descriptor type) {
        List<Field> all = new ArrayList<>();
        for (FieldDescriptor field : type.getFields()) {
            String name = field.getJsonName();
            all.add(new Field(name, ("\"" + name + "\":").getBytes(StandardCharsets.US_ASCII), field));
        }
        all.sort(Comparator.comparing(Field::name));
        fields = List.copyOf(all);
        fields.forEach(field -> byName.put(field.name(), field));
    }

    static Shape of(Descriptor type) {
        Shape known = KNOWN.get(type);
        return known != null ? known : KNOWN.computeIfAbsent(type, Shape::new);
    }

    /** In ASCII order of their names. */
    List<Field> fields() {
        return fields;
    }

    @Nullable
    Field field(String name) {
        return byName.get(name);
    }
}
