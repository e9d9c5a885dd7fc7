package dev.weft.aggregator.graph;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import dev.weft.proto.digest.ContentDigest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Texts of one {@link Block}, each once: 0 and UTF-8, or the number of a digest's algorithm and its value, or 16 and more
 * for the text that came so many places from the first.
 */
final class Texts {
    /** Their places are stored: new ones only at the end, and fewer than {@link #AGAIN}. */
    private static final List<String> ALGORITHMS = List.of(
            ContentDigest.SHA256 + ":",
            ContentDigest.MODEL + ":",
            ContentDigest.BLOBS + ":",
            ContentDigest.GIT_SHA1 + ":");

    private static final int PLAIN = 0;
    private static final int AGAIN = 16;
    private static final HexFormat HEX = HexFormat.of();

    private Texts() {}

    /** For one block. */
    static final class Writer {
        private final CodedOutputStream out;
        private final Map<String, Integer> places = new HashMap<>();

        Writer(CodedOutputStream out) {
            this.out = out;
        }

        void write(String text) throws IOException {
            Integer place = places.putIfAbsent(text, places.size());
            if (place != null) {
                out.writeUInt32NoTag(AGAIN + place);
                return;
            }
            for (int i = 0; i < ALGORITHMS.size(); i++) {
                byte[] value = text.startsWith(ALGORITHMS.get(i))
                        ? lowerHex(text, ALGORITHMS.get(i).length())
                        : null;
                if (value != null) {
                    out.writeUInt32NoTag(1 + i);
                    out.writeByteArrayNoTag(value);
                    return;
                }
            }
            out.writeUInt32NoTag(PLAIN);
            out.writeStringNoTag(text);
        }
    }

    /** For one block, in the order in which it was written. */
    static final class Reader {
        private final CodedInputStream in;
        private final List<String> texts = new ArrayList<>();

        Reader(CodedInputStream in) {
            this.in = in;
        }

        String read() throws IOException {
            int form = in.readUInt32();
            if (form >= AGAIN && form - AGAIN < texts.size()) {
                return texts.get(form - AGAIN);
            }
            if (form > ALGORITHMS.size() || form < 0) {
                throw new IOException("no form of a text: " + form);
            }
            String text = form == PLAIN
                    ? in.readStringRequireUtf8()
                    : ALGORITHMS.get(form - 1) + HEX.formatHex(in.readByteArray());
            texts.add(text);
            return text;
        }
    }

    /** The bytes, where the rest of the text is the one printed form of some. */
    private static byte @Nullable [] lowerHex(String text, int from) {
        int digits = text.length() - from;
        if (digits % 2 != 0) {
            return null;
        }
        byte[] bytes = new byte[digits / 2];
        for (int i = 0; i < digits; i++) {
            char c = text.charAt(from + i);
            int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
            if (digit < 0) {
                return null;
            }
            bytes[i / 2] = (byte) ((bytes[i / 2] << 4) | digit);
        }
        return bytes;
    }
}
