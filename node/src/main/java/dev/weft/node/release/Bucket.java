package dev.weft.node.release;

import com.google.protobuf.ByteString;
import dev.weft.node.record.StoredField;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Commitment;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.digest.Salt;
import dev.weft.proto.v1.CommittedField;
import dev.weft.proto.v1.Opening;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The range that a number lies in, said in its place. It stands under the field's name with {@code .bucket} behind it and
 * under a commitment of its own, whose salt is {@code HMAC-SHA-256(salt of the field, "weft/bucket/v1" 0x00 range)}: who
 * sees the range learns nothing more, and who is shown the field itself later can check that the range was its own.
 */
record Bucket(String name, Salt salt, FieldValue range) {

    static final String SUFFIX = ".bucket";
    private static final String LABEL = "weft/bucket/v1\0";

    /** The range of the field's number in steps of {@code width}; nothing where it holds no finite number. */
    static Optional<Bucket> of(StoredField.Kept field, long width) {
        return number(field.value()).map(number -> {
            String range = range(number, BigInteger.valueOf(width));
            return new Bucket(field.name() + SUFFIX, salt(field, range), FieldValue.of(range));
        });
    }

    private static Salt salt(StoredField.Kept field, String range) {
        return Salt.of(Hashing.hmacSha256(
                        field.salt().toByteString().toByteArray(),
                        LABEL.getBytes(StandardCharsets.US_ASCII),
                        range.getBytes(StandardCharsets.UTF_8))
                .toByteString());
    }

    /** Whether the opening says the range of that very field. */
    static boolean isOf(StoredField.Kept field, Opening opening) {
        return opening.getName().equals(field.name() + SUFFIX)
                && opening.getSalt().equals(salt(field, display(opening)).toByteString());
    }

    private static String display(Opening opening) {
        try {
            return FieldValue.parse(opening.getValue()).display();
        } catch (VerificationException e) {
            throw new IllegalStateException("the database holds a broken opening", e);
        }
    }

    /** From {@code width * n} on, up to below {@code width * (n + 1)}. */
    private static String range(BigDecimal number, BigInteger width) {
        BigInteger step =
                number.divide(new BigDecimal(width), 0, RoundingMode.FLOOR).toBigInteger();
        return "from " + step.multiply(width) + " to below "
                + step.add(BigInteger.ONE).multiply(width);
    }

    private static Optional<BigDecimal> number(FieldValue value) {
        if (value instanceof FieldValue.Int whole) {
            return Optional.of(new BigDecimal(whole.value()));
        }
        return value instanceof FieldValue.Real real && Double.isFinite(real.value())
                ? Optional.of(BigDecimal.valueOf(real.value()))
                : Optional.empty();
    }

    /**
     * Whether the value is, or holds, a whole number nearer to zero than {@code minimum}: a count of few. Tools write
     * counts as integers, as reals and as text.
     */
    static boolean isCountBelow(FieldValue value, long minimum) {
        if (value instanceof FieldValue.Items items) {
            return items.value().stream().anyMatch(item -> isCountBelow(item, minimum));
        }
        if (value instanceof FieldValue.Text text) {
            return text.value().strip().matches("[+-]?[0-9]{1,18}([.]0*)?")
                    && below(new BigDecimal(text.value().strip()), minimum);
        }
        return number(value).filter(number -> below(number, minimum)).isPresent();
    }

    private static boolean below(BigDecimal number, long minimum) {
        return number.stripTrailingZeros().scale() <= 0 && number.abs().compareTo(BigDecimal.valueOf(minimum)) < 0;
    }

    CommittedField committed() {
        return CommittedField.newBuilder()
                .setName(name)
                .setCommitment(commitment())
                .build();
    }

    Opening opening() {
        return Opening.newBuilder()
                .setCommitment(commitment())
                .setName(name)
                .setSalt(salt.toByteString())
                .setValue(ByteString.copyFrom(range.canonicalBytes()))
                .build();
    }

    private ByteString commitment() {
        return Commitment.commit(salt, name, range).toByteString();
    }
}
