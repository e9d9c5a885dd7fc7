package dev.weft.proto.statement;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
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

    /** One field. */
    static final class Field {
        private final String name;
        private final byte[] prefix;
        private final FieldDescriptor descriptor;
        private final Map<String, Integer> enumNumbers = new HashMap<>();

        private Field(FieldDescriptor descriptor) {
            this.name = descriptor.getJsonName();
            this.prefix = ("\"" + name + "\":").getBytes(StandardCharsets.US_ASCII);
            this.descriptor = descriptor;
            if (descriptor.getJavaType() == FieldDescriptor.JavaType.ENUM) {
                for (EnumValueDescriptor value : descriptor.getEnumType().getValues()) {
                    enumNumbers.put(value.getName(), value.getNumber());
                }
            }
        }

        String name() {
            return name;
        }

        /** {@code "name":} as it is written. Not to be changed. */
        byte[] prefix() {
            return prefix;
        }

        FieldDescriptor descriptor() {
            return descriptor;
        }

        @Nullable
        Integer enumNumber(String valueName) {
            return enumNumbers.get(valueName);
        }

        /** Where the default is printed too: in a oneof it says which member was meant. */
        boolean printsDefault() {
            return descriptor.isRepeated() || descriptor.hasPresence();
        }

        /** Which oneof it belongs to, as a bit; 0: none. */
        int oneofBit() {
            return descriptor.getContainingOneof() == null
                    ? 0
                    : 1 << descriptor.getContainingOneof().getIndex();
        }
    }

    private final List<Field> fields;
    private final Map<String, Field> byName = new HashMap<>();

    private Shape(Descriptor type) {
        List<Field> all = new ArrayList<>();
        for (FieldDescriptor field : type.getFields()) {
            all.add(new Field(field));
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
