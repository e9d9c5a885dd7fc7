package dev.weft.proto.digest;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The byte forms of {@link FieldValue}, both ways. */
final class FieldBytes {
    static final byte TEXT = 1;
    static final byte INT = 2;
    static final byte REAL = 3;
    static final byte BOOL = 4;
    static final byte TIME = 5;
    static final byte DIGEST = 6;
    static final byte BYTES = 7;
    static final byte LIST = 8;

    private FieldBytes() {}

    static byte[] typed(byte type, byte[] value) {
        byte[] bytes = new byte[1 + value.length];
        bytes[0] = type;
        System.arraycopy(value, 0, bytes, 1, value.length);
        return bytes;
    }

    static byte[] list(List<FieldValue> items) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(LIST);
        out.writeBytes(Commitment.u32(items.size()));
        for (FieldValue item : items) {
            byte[] bytes = item.canonicalBytes();
            out.writeBytes(Commitment.u32(bytes.length));
            out.writeBytes(bytes);
        }
        return out.toByteArray();
    }

    static int depth(List<FieldValue> items) {
        int deepest = 0;
        for (FieldValue item : items) {
            if (item instanceof FieldValue.Items inner) {
                deepest = Math.max(deepest, depth(inner.value()));
            }
        }
        return deepest + 1;
    }

    static FieldValue parse(ByteString bytes, int depth) throws VerificationException {
        if (bytes.isEmpty()) {
            throw malformed("is empty");
        }
        FieldValue value;
        try {
            value = read(bytes.byteAt(0), bytes.substring(1), depth);
        } catch (DateTimeException | IllegalArgumentException | IOException e) {
            throw new VerificationException(
                    Reason.MALFORMED, "The field value does not parse; send its bytes as made.", e);
        }
        if (!ByteString.copyFrom(value.canonicalBytes()).equals(bytes)) {
            throw new VerificationException(
                    Reason.NOT_CANONICAL, "The field value is not in its canonical form; send its bytes as made.");
        }
        return value;
    }

    private static FieldValue read(byte type, ByteString value, int depth) throws VerificationException, IOException {
        return switch (type) {
            case TEXT -> new FieldValue.Text(value.toString(StandardCharsets.UTF_8));
            case INT -> new FieldValue.Int(integer(value));
            case REAL -> new FieldValue.Real(real(value));
            case BOOL -> new FieldValue.Bool(!value.isEmpty() && value.byteAt(0) == 1);
            case TIME -> new FieldValue.Time(Instant.parse(value.toString(StandardCharsets.US_ASCII)));
            case DIGEST -> new FieldValue.DigestValue(ContentDigest.parse(value.toString(StandardCharsets.US_ASCII)));
            case BYTES -> new FieldValue.Bytes(value);
            case LIST -> new FieldValue.Items(items(value, depth));
            default -> throw malformed("has the unknown type " + type);
        };
    }

    private static BigInteger integer(ByteString value) throws VerificationException {
        if (value.size() > FieldValue.MAX_DIGITS + 1) {
            throw malformed("is an integer of more than " + FieldValue.MAX_DIGITS + " digits");
        }
        return new BigInteger(value.toString(StandardCharsets.US_ASCII));
    }

    private static double real(ByteString value) throws VerificationException {
        if (value.size() != 8) {
            throw malformed("is a real number of " + value.size() + " bytes");
        }
        ByteBuffer bits = value.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        return Double.longBitsToDouble(bits.getLong());
    }

    private static List<FieldValue> items(ByteString value, int depth) throws VerificationException, IOException {
        if (depth >= FieldValue.MAX_DEPTH) {
            throw new VerificationException(
                    Reason.TOO_DEEP, "Lists lie more than " + FieldValue.MAX_DEPTH + " deep in one another.");
        }
        CodedInputStream in = value.newCodedInput();
        int count = in.readRawLittleEndian32();
        // Every item takes at least five bytes: a claimed count cannot make us reserve more than was sent.
        if (count < 0 || count > value.size() / 5) {
            throw malformed("claims " + Integer.toUnsignedString(count) + " items");
        }
        List<FieldValue> items = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            items.add(parse(ByteString.copyFrom(in.readRawBytes(in.readRawLittleEndian32())), depth + 1));
        }
        return items;
    }

    private static VerificationException malformed(String what) {
        return new VerificationException(Reason.MALFORMED, "The field value " + what + "; send its bytes as made.");
    }
}
