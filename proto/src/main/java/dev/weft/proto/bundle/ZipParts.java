package dev.weft.proto.bundle;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The records of a ZIP file (APPNOTE 6.3.3, sections 4.3.7, 4.3.12 and 4.3.16) in the one form that a bundle has: parts stored,
 * sorted by name, 1 January 1980, version 1.0, no flag, no extra field, no comment, no attribute, nothing before, between or
 * behind. A file in this form is a function of its parts.
 */
final class ZipParts {
    /** Bytes of a container at most: without Zip64 there is no more. */
    static final long MAX_SIZE = 0xffff_fffeL;

    private static final int LOCAL = 0x04034b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final short VERSION = 10;
    private static final short DATE = 0x21;

    private ZipParts() {}

    /**
     * A part as the headers tell it.
     *
     * @param crc CRC-32 of its bytes
     * @param size in bytes
     */
    record Part(String name, int crc, long size) {}

    static byte[] local(Part part) {
        byte[] bytes = new byte[30 + part.name().length()];
        ByteBuffer out = littleEndian(bytes);
        common(out.putInt(LOCAL), part);
        out.put(name(part));
        return bytes;
    }

    /** What stands behind the last part. */
    static byte[] directory(List<Part> parts) {
        int size = parts.stream().mapToInt(part -> 46 + part.name().length()).sum();
        byte[] bytes = new byte[size + 22];
        ByteBuffer out = littleEndian(bytes);
        long offset = 0;
        for (Part part : parts) {
            common(out.putInt(CENTRAL).putShort(VERSION), part);
            out.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0);
            out.putInt((int) offset).put(name(part));
            offset += 30 + part.name().length() + part.size();
        }
        out.putInt(END).putShort((short) 0).putShort((short) 0);
        out.putShort((short) parts.size()).putShort((short) parts.size());
        out.putInt(size).putInt((int) offset).putShort((short) 0);
        return bytes;
    }

    private static void common(ByteBuffer out, Part part) {
        out.putShort(VERSION)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort(DATE);
        out.putInt(part.crc()).putInt((int) part.size()).putInt((int) part.size());
        out.putShort((short) part.name().length()).putShort((short) 0);
    }

    private static byte[] name(Part part) {
        return part.name().getBytes(StandardCharsets.US_ASCII);
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
