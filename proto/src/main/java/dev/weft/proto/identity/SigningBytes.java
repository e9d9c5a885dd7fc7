package dev.weft.proto.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;

/**
 * Writes a byte layout that is signed: a label, a zero byte, then fields. Integers are little-endian; what has no fixed
 * length is preceded by its own, so that no two sets of fields give the same bytes.
 */
final class SigningBytes {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);

    SigningBytes(String label) {
        out.writeBytes(label.getBytes(UTF_8));
        out.write(0);
    }

    /** A field whose length the layout fixes, or its last one. */
    SigningBytes fixed(ByteString bytes) {
        out.writeBytes(bytes.toByteArray());
        return this;
    }

    SigningBytes u8(int value) {
        out.write(value);
        return this;
    }

    /** u32 length, then the bytes. */
    SigningBytes sized(ByteString bytes) {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            out.write(bytes.size() >>> shift);
        }
        return fixed(bytes);
    }

    SigningBytes sized(String text) {
        return sized(ByteString.copyFromUtf8(text));
    }

    byte[] toByteArray() {
        return out.toByteArray();
    }
}
