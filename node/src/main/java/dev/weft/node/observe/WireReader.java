package dev.weft.node.observe;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads one protobuf message of another's making, field by field (protobuf encoding: varint, 64-bit, length-delimited,
 * 32-bit; groups are refused). Never copies and never looks outside of its buffer.
 */
final class WireReader {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int BYTES = 2;
    static final int FIXED32 = 5;

    private final ByteBuffer in;
    private int field;
    private int type;

    WireReader(ByteBuffer message) {
        this.in = message.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Goes to the next field; false at the end. Its value has to be read or skipped. */
    boolean next() throws NoTensorsException {
        if (!in.hasRemaining()) {
            return false;
        }
        long key = varint();
        type = (int) (key & 7);
        boolean fine = key >>> 3 > 0 && key >>> 3 < 1 << 29;
        field = (int) (key >>> 3);
        if (!fine || (type != VARINT && type != FIXED64 && type != BYTES && type != FIXED32)) {
            throw new NoTensorsException("it holds a field that protobuf does not have");
        }
        return true;
    }

    int field() {
        return field;
    }

    int type() {
        return type;
    }

    boolean hasRemaining() {
        return in.hasRemaining();
    }

    /** Refuses a field that is there in another form than its number has. */
    void require(int wanted) throws NoTensorsException {
        if (type != wanted) {
            throw new NoTensorsException("its field " + field + " has another form than ONNX gives it");
        }
    }

    long varint() throws NoTensorsException {
        long value = 0;
        for (int shift = 0; shift < 64 && in.hasRemaining(); shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new NoTensorsException("it ends within a number, or holds one of more than 64 bits");
    }

    /** A part of the message, little-endian, not copied. */
    ByteBuffer bytes() throws NoTensorsException {
        long length = varint();
        if (length < 0 || length > in.remaining()) {
            throw new NoTensorsException(
                    "it is cut short: a field would have " + Long.toUnsignedString(length) + " bytes");
        }
        ByteBuffer part = in.slice(in.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + (int) length);
        return part;
    }

    String text() throws NoTensorsException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes()).toString();
        } catch (CharacterCodingException e) {
            throw new NoTensorsException("it holds a name that is not UTF-8");
        }
    }

    void skip() throws NoTensorsException {
        switch (type) {
            case VARINT -> varint();
            case BYTES -> bytes();
            default -> {
                int width = type == FIXED64 ? Long.BYTES : Integer.BYTES;
                if (in.remaining() < width) {
                    throw new NoTensorsException("it is cut short");
                }
                in.position(in.position() + width);
            }
        }
    }
}
