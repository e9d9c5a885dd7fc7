package dev.weft.proto.digest;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The value of a named field of a record, in the one form that commitments are made over.
 *
 * <p>Canonical bytes are a type byte and then: 1 text, NFC in UTF-8; 2 integer, minimal decimal digits; 3 real, the eight
 * bytes of IEEE 754 binary64, little-endian, one NaN; 4 truth, one byte 0 or 1; 5 time, RFC 3339 UTC with nine fraction
 * digits; 6 digest string; 7 bytes as they are; 8 list, u32 count and then each item's canonical bytes after their u32
 * length. Two values are equal exactly when their canonical bytes are.
 */
public sealed interface FieldValue {
    /** Lists lie at most this deep in one another. */
    int MAX_DEPTH = 8;

    /** Digits of an integer at most. */
    int MAX_DIGITS = 1_000;

    /** Type byte and value, a fresh array. */
    byte[] canonicalBytes();

    /** For people; not unique. */
    String display();

    /** Text, brought to NFC. Text with half a surrogate pair is an IllegalArgumentException. */
    record Text(String value) implements FieldValue {
        private static final char FIRST_COMBINING_MARK = '\u0300';

        /** Normalises. */
        public Text {
            if (!isPlain(value)) {
                if (!StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
                    throw new IllegalArgumentException("The text holds half a surrogate pair and has no UTF-8 form");
                }
                value = Normalizer.normalize(value, Normalizer.Form.NFC);
            }
        }

        /** Nothing below the first combining mark changes under NFC, and nearly all text is there (Unicode UAX 15). */
        private static boolean isPlain(String text) {
            for (int i = 0; i < text.length(); i++) {
                if (text.charAt(i) >= FIRST_COMBINING_MARK) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public byte[] canonicalBytes() {
            return FieldBytes.typed(FieldBytes.TEXT, value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String display() {
            return value;
        }
    }

    /** An integer of at most {@value #MAX_DIGITS} digits. */
    record Int(BigInteger value) implements FieldValue {
        /** Checks the length. */
        public Int {
            if (value.bitLength() > 3 * MAX_DIGITS) {
                throw new IllegalArgumentException("The integer is longer than 1,000 digits");
            }
        }

        @Override
        public byte[] canonicalBytes() {
            return FieldBytes.typed(FieldBytes.INT, value.toString().getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public String display() {
            return value.toString();
        }
    }

    /** A binary64 number; -0 and 0 differ, all NaN are one. */
    record Real(double value) implements FieldValue {
        @Override
        public byte[] canonicalBytes() {
            return FieldBytes.typed(FieldBytes.REAL, ModelDigest.u64(Double.doubleToLongBits(value)));
        }

        @Override
        public String display() {
            return Double.isFinite(value)
                    ? new BigDecimal(Double.toString(value))
                            .stripTrailingZeros()
                            .toPlainString()
                    : Double.toString(value);
        }
    }

    /** Yes or no. */
    record Bool(boolean value) implements FieldValue {
        @Override
        public byte[] canonicalBytes() {
            return new byte[] {FieldBytes.BOOL, (byte) (value ? 1 : 0)};
        }

        @Override
        public String display() {
            return Boolean.toString(value);
        }
    }

    /** A point in time of the years 0000 to 9999, to the nanosecond. */
    record Time(Instant value) implements FieldValue {
        private static final DateTimeFormatter FORM =
                new DateTimeFormatterBuilder().appendInstant(9).toFormatter(Locale.ROOT);

        private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
        private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

        /** Checks the year. */
        public Time {
            if (!canHold(value)) {
                throw new IllegalArgumentException("RFC 3339 has no year beyond 0000 to 9999");
            }
        }

        /** Whether its year has four digits. */
        public static boolean canHold(Instant time) {
            return !time.isBefore(FIRST) && !time.isAfter(LAST);
        }

        @Override
        public byte[] canonicalBytes() {
            return FieldBytes.typed(FieldBytes.TIME, FORM.format(value).getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public String display() {
            return value.toString();
        }
    }

    /** The digest of something. */
    record DigestValue(ContentDigest value) implements FieldValue {
        @Override
        public byte[] canonicalBytes() {
            return FieldBytes.typed(FieldBytes.DIGEST, value.toString().getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public String display() {
            return value.toString();
        }
    }

    /** Opaque bytes. */
    record Bytes(ByteString value) implements FieldValue {
        @Override
        public byte[] canonicalBytes() {
            return FieldBytes.typed(FieldBytes.BYTES, value.toByteArray());
        }

        @Override
        public String display() {
            return HexFormat.of().formatHex(value.toByteArray());
        }
    }

    /** Values in order, lists among them at most {@value #MAX_DEPTH} deep. */
    record Items(List<FieldValue> value) implements FieldValue {
        /** Copies, and checks the depth. */
        public Items {
            value = List.copyOf(value);
            if (FieldBytes.depth(value) > MAX_DEPTH) {
                throw new IllegalArgumentException("Lists lie more than 8 deep in one another");
            }
        }

        @Override
        public byte[] canonicalBytes() {
            return FieldBytes.list(value);
        }

        @Override
        public String display() {
            return value.stream().map(FieldValue::display).collect(Collectors.joining(", ", "[", "]"));
        }
    }

    /** Reads canonical bytes; only what {@link #canonicalBytes} gives back is accepted. */
    static FieldValue parse(ByteString canonical) throws VerificationException {
        return FieldBytes.parse(canonical, 0);
    }

    /** Text. */
    static FieldValue of(String value) {
        return new Text(value);
    }

    /** An integer. */
    static FieldValue of(long value) {
        return new Int(BigInteger.valueOf(value));
    }

    /** A real number. */
    static FieldValue of(double value) {
        return new Real(value);
    }

    /** Yes or no. */
    static FieldValue of(boolean value) {
        return new Bool(value);
    }

    /** A point in time. */
    static FieldValue of(Instant value) {
        return new Time(value);
    }

    /** A digest. */
    static FieldValue of(ContentDigest value) {
        return new DigestValue(value);
    }

    /** Values in order. */
    static FieldValue of(List<FieldValue> values) {
        return new Items(values);
    }
}
