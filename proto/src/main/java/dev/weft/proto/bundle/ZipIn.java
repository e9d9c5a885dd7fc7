package dev.weft.proto.bundle;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Reads a container once, front to back, and compares each byte of its headers with the one that {@link ZipParts} makes of
 * what was read: whatever is accepted is what writing the parts again would give.
 */
final class ZipIn {
    private static final int LOCAL_SIZE = 30;

    private final InputStream in;
    private final List<ZipParts.Part> parts = new ArrayList<>();
    private final CRC32 crc = new CRC32();
    private ZipParts.Part part = new ZipParts.Part("", 0, 0);
    private long left;

    ZipIn(InputStream in) {
        this.in = in;
    }

    /** Goes to the next part, which must have that name. */
    void open(String name) throws IOException, VerificationException {
        byte[] header = in.readNBytes(LOCAL_SIZE);
        if (header.length < LOCAL_SIZE || header[0] != 'P' || header[1] != 'K' || header[2] != 3) {
            throw malformed(
                    parts.isEmpty()
                            ? "it does not begin as one, nor as a fork proof"
                            : "it has no part '" + name + "' where one must be");
        }
        ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        int length = fields.getShort(26);
        String found = new String(in.readNBytes(Math.max(0, Math.min(length, 200))), StandardCharsets.ISO_8859_1);
        if (!found.equals(name)) {
            throw new VerificationException(
                    Reason.UNSUPPORTED_VERSION,
                    "The bundle has another part where '" + name
                            + "' must be; it is damaged, or a newer version made it.");
        }
        part = new ZipParts.Part(name, fields.getInt(14), Integer.toUnsignedLong(fields.getInt(22)));
        byte[] expected = Arrays.copyOf(ZipParts.local(part), LOCAL_SIZE);
        if (!Arrays.equals(header, expected)) {
            throw notCanonical();
        }
        left = part.size();
        crc.reset();
    }

    /** Bytes of the part that are not read yet. */
    long left() {
        return left;
    }

    /** The next {@code count} bytes of the part. */
    byte[] read(int count) throws IOException, VerificationException {
        if (count > left) {
            throw malformed("the part '" + part.name() + "' ends too early");
        }
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw malformed("it ends too early");
        }
        crc.update(bytes);
        left -= count;
        return bytes;
    }

    /** The whole part, which is no larger than {@code most}. */
    ByteString readAll(String name, int most) throws IOException, VerificationException {
        open(name);
        if (left > most) {
            throw new VerificationException(
                    Reason.TOO_LARGE,
                    "The part '" + name + "' of the bundle has " + left + " bytes, " + most + " at most.");
        }
        ByteString bytes = ByteString.copyFrom(read((int) left));
        close();
        return bytes;
    }

    /** Ends the part: all of it was read, and its checksum is right. */
    void close() throws VerificationException {
        if (left != 0) {
            throw malformed("the part '" + part.name() + "' has bytes behind its end");
        }
        if ((int) crc.getValue() != part.crc()) {
            throw malformed("the checksum of the part '" + part.name() + "' is wrong, so it was damaged on its way");
        }
        parts.add(part);
    }

    /** What is left is the directory of the parts that were read, and nothing else. */
    void end() throws IOException, VerificationException {
        byte[] directory = ZipParts.directory(parts);
        if (!Arrays.equals(in.readNBytes(directory.length + 1), directory)) {
            throw notCanonical();
        }
    }

    private static VerificationException malformed(String what) {
        return new VerificationException(Reason.MALFORMED, "The bundle is malformed: " + what + "; ask for it anew.");
    }

    private static VerificationException notCanonical() {
        return new VerificationException(
                Reason.NOT_CANONICAL,
                "The bundle's container is not the one form that its parts have; ask for it anew, as it was written.");
    }
}
