package dev.weft.proto.statement;

import java.util.Arrays;

/** Protobuf's wire format as it is written, for a parser that follows at once. */
final class Wire {
    /** Lengths of nested messages are known at their end, so their varint is padded to this many bytes. */
    private static final int LENGTH_BYTES = 3;

    private byte[] bytes;
    private int size;

    Wire(int expected) {
        bytes = new byte[Math.max(64, expected)];
    }

    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    void tag(int number, int type) {
        varint((long) number << 3 | type);
    }

    void varint(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    void write(byte[] from, int offset, int length) {
        room(length);
        System.arraycopy(from, offset, bytes, size, length);
        size += length;
    }

    void write(int value) {
        room(1);
        bytes[size++] = (byte) value;
    }

    /** The low three bytes. */
    void group(int bits) {
        room(3);
        bytes[size] = (byte) (bits >> 16);
        bytes[size + 1] = (byte) (bits >> 8);
        bytes[size + 2] = (byte) bits;
        size += 3;
    }

    /** Leaves room for a length; what follows is measured by {@link #end}. */
    int begin() {
        room(LENGTH_BYTES);
        size += LENGTH_BYTES;
        return size;
    }

    void end(int begin) {
        int length = size - begin;
        bytes[begin - 3] = (byte) (length | 0x80);
        bytes[begin - 2] = (byte) (length >>> 7 | 0x80);
        bytes[begin - 1] = (byte) (length >>> 14 & 0x7f);
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }
}
