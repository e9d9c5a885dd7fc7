package dev.weft.it.search;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One value of one field of a record at a site, as it may not leave. */
public final class RawValue {

    private final String origin;
    private final String text;
    private final byte[] canonical;

    /**
     * @param origin whose and which, for people: {@code hospital-a record 12 dataset.path}
     * @param text as people print it
     * @param canonical the canonical bytes without the type byte (protocol section 2)
     */
    RawValue(String origin, String text, byte[] canonical) {
        this.origin = origin;
        this.text = text;
        this.canonical = canonical.clone();
    }

    /** A value whose canonical bytes are its text: text, whole numbers, times, digests. */
    public static RawValue text(String origin, String text) {
        return new RawValue(origin, text, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A number with a fraction: its canonical bytes are the eight of IEEE 754, little end first. */
    public static RawValue real(String origin, double value) {
        byte[] bits = new byte[8];
        long raw = Double.doubleToRawLongBits(value);
        for (int i = 0; i < 8; i++) {
            bits[i] = (byte) (raw >>> (8 * i));
        }
        return new RawValue(origin, Double.toString(value), bits);
    }

    public String origin() {
        return origin;
    }

    public String text() {
        return text;
    }

    byte[] canonical() {
        return canonical.clone();
    }

    /** True where the canonical bytes are another thing than the text. */
    boolean binary() {
        return !Arrays.equals(canonical, text.getBytes(StandardCharsets.UTF_8));
    }
}
