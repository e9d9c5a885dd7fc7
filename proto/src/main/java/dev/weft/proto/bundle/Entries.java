package dev.weft.proto.bundle;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The part {@code entries}: for each entry, in log order, its log index (8 bytes), its length (2 bytes), both big-endian as
 * in tlog-tiles, and the envelope as it was signed.
 */
final class Entries {
    static final int HEADER = 10;

    private Entries() {}

    /** An envelope at its place in the log. */
    record Indexed(long index, ByteString envelope) {}

    static byte[] header(long index, int length) {
        return ByteBuffer.allocate(HEADER)
                .putLong(index)
                .putShort((short) length)
                .array();
    }

    /** The next entries, at most {@code most}; none at the end of the part. */
    static List<Indexed> next(ZipIn in, int most) throws IOException, VerificationException {
        List<Indexed> entries = new ArrayList<>();
        while (in.left() > 0 && entries.size() < most) {
            ByteBuffer header = ByteBuffer.wrap(in.read(HEADER));
            long index = header.getLong();
            int length = Short.toUnsignedInt(header.getShort());
            if (index < 0) {
                throw new VerificationException(
                        Reason.MALFORMED, "The bundle names an entry above 2^63; ask for it anew.");
            }
            entries.add(new Indexed(index, ByteString.copyFrom(in.read(length))));
        }
        return entries;
    }
}
