package dev.weft.it.search;

import java.nio.charset.StandardCharsets;

/** One value of one field of a record at a site, as it may not leave. */
public final class RawValue {

    private static final int TEXT = 1;
    private static final int REAL = 3;

    private final String origin;
    private final String text;
    private final byte[] canonical;

    private RawValue(String origin, String text, int type, byte[] value) {
        this.origin = origin;
        this.text = text;
        this.canonical = new byte[value.length + 1];
        canonical[0] = (byte) type;
        System.arraycopy(value, 0, canonical, 1, value.length);
    }

    /** A text. */
    public static RawValue text(String origin, String text) {
        return printed(origin, text, TEXT);
    }

    /**
     * A value whose canonical bytes are its type and its printed form: text, whole numbers, truths, times, digests.
     *
     * @param origin whose and which, for people: {@code hospital-a record 12 dataset.path}
     * @param text as it is printed
     * @param type the type byte
     */
    public static RawValue printed(String origin, String text, int type) {
        return new RawValue(origin, text, type, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A number with a fraction: its canonical bytes are its type and the eight of IEEE 754, little end first. */
    public static RawValue real(String origin, double value) {
        byte[] bits = new byte[8];
        long raw = Double.doubleToRawLongBits(value);
        for (int i = 0; i < 8; i++) {
            bits[i] = (byte) (raw >>> (8 * i));
        }
        return new RawValue(origin, Double.toString(value), REAL, bits);
    }

    public String origin() {
        return origin;
    }

    public String text() {
        return text;
    }

    /** The canonical bytes of protocol section 2, the type byte first. */
    byte[] canonical() {
        return canonical.clone();
    }

    /** The canonical bytes of a number such as 1.0 are nearly all zero and stand everywhere: no use looking for them. */
    boolean telling() {
        int zeros = 0;
        for (byte b : canonical) {
            zeros += b == 0 ? 1 : 0;
        }
        return canonical.length - zeros >= Patterns.WINDOW;
    }
}
