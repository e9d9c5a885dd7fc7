package dev.weft.proto.statement;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.weft.proto.VerificationException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whatever a predicate holds, within its schema, is said by one payload and read back from it by both readers. */
class RandomPredicateTest {
    private static final int ROUNDS = 60;
    private static final String[] TEXTS = {
        "", "a", "hospital-a", "\"\\/\n\u0000\u007f", "\u00e9\u4e16\ud83d\ude80", "null"
    };
    private static final long[] NUMBERS = {0, 1, 9, 10, 127, 128, 0x7fff_ffffL, 0xffff_ffffL, Long.MAX_VALUE, -1};

    private final SplittableRandom random = new SplittableRandom(7);

    @Test
    void anyPredicate_isReadAsItWasPrinted() throws VerificationException {
        for (int i = 0; i < ROUNDS; i++) {
            for (PredicateType type : PredicateType.values()) {
                Message predicate = fill(type.defaultInstance().newBuilderForType());
                ByteString payload = CanonicalJson.print(predicate);
                assertThat(CanonicalJson.parseSlowly(payload).predicate()).contains(predicate);
                assertThat(CanonicalJson.parse(payload).predicate()).contains(predicate);
                Message fast = CanonicalReader.read(payload);
                assertThat(fast == null || fast.equals(predicate)).isTrue();
            }
        }
    }

    private Message fill(Message.Builder builder) {
        for (FieldDescriptor field : builder.getDescriptorForType().getFields()) {
            if (field.isRepeated()) {
                int count = random.nextInt(4);
                for (int i = 0; i < count; i++) {
                    builder.addRepeatedField(field, value(builder, field));
                }
            } else if (random.nextInt(3) > 0) {
                builder.setField(field, value(builder, field));
            }
        }
        return builder.build();
    }

    private Object value(Message.Builder owner, FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case MESSAGE -> fill(owner.newBuilderForField(field));
            case STRING -> TEXTS[random.nextInt(TEXTS.length)];
            case BYTE_STRING -> bytes();
            case ENUM ->
                field.getEnumType()
                        .getValues()
                        .get(random.nextInt(field.getEnumType().getValues().size()));
            case BOOLEAN -> random.nextBoolean();
            case INT -> (int) NUMBERS[random.nextInt(NUMBERS.length)];
            case LONG -> NUMBERS[random.nextInt(NUMBERS.length)];
            case FLOAT, DOUBLE -> throw new AssertionError("weft/v1 has no floating-point fields");
        };
    }

    private ByteString bytes() {
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }
}
