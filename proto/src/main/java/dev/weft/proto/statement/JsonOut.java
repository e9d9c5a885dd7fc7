package dev.weft.proto.statement;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** Bytes of canonical JSON as they are written: no white space, the escapes of RFC 8785 section 3.2.2.2. */
final class JsonOut {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final String SHORT = "\b\t\n\f\r";
    private static final byte[] SHORT_NAMES = "btnfr".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes;
    private int size;

    JsonOut(int expected) {
        bytes = new byte[Math.max(64, expected)];
    }

    JsonOut raw(int c) {
        room(1);
        bytes[size++] = (byte) c;
        return this;
    }

    JsonOut raw(byte[] ascii) {
        room(ascii.length);
        System.arraycopy(ascii, 0, bytes, size, ascii.length);
        size += ascii.length;
        return this;
    }

    /** Digits, literals: what needs neither quotes nor escapes. */
    JsonOut raw(String ascii) {
        room(ascii.length());
        for (int i = 0; i < ascii.length(); i++) {
            bytes[size++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    JsonOut string(String text) {
        room(text.length() + 2);
        bytes[size++] = '"';
        int i = 0;
        for (; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c == '"' || c == '\\' || c > 0x7e) {
                break;
            }
            bytes[size++] = (byte) c;
        }
        if (i < text.length()) {
            escaped(text, i);
        }
        return raw('"');
    }

    JsonOut base64(ByteString value) {
        raw('"');
        raw(Base64.getEncoder().encode(value.toByteArray()));
        return raw('"');
    }

    /** Whether exactly these bytes were written. */
    boolean equalTo(ByteString received) {
        // Against an array: a ByteString compares byte by byte.
        return received.size() == size && Arrays.equals(bytes, 0, size, received.toByteArray(), 0, size);
    }

    /** Whether exactly these bytes were written: those from {@code offset} to the end. */
    boolean equalTo(byte[] received, int offset) {
        return Arrays.equals(bytes, 0, size, received, offset, received.length);
    }

    ByteString toByteString() {
        return ByteString.copyFrom(bytes, 0, size);
    }

    private void escaped(String text, int from) {
        for (int i = from; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c < 0x20) {
                control(c);
            } else if (c == '"' || c == '\\') {
                raw('\\').raw(c);
            } else if (c < 0x80) {
                raw(c);
            } else {
                // Half a surrogate pair has no UTF-8 and becomes '?': what was received then differs and is refused.
                raw(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private void control(int c) {
        int named = SHORT.indexOf(c);
        if (named >= 0) {
            raw('\\').raw(SHORT_NAMES[named]);
        } else {
            raw("\\u00").raw(HEX[c >> 4]).raw(HEX[c & 15]);
        }
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }
}
