package dev.weft.proto;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The one form of a time in a message: RFC 3339, UTC, with milliseconds, for example {@code 2026-11-21T08:00:00.000Z}. A
 * claim of whoever wrote it, never evidence.
 */
public final class WireTime {

    private static final DateTimeFormatter FORM = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final int LENGTH = 24;

    private WireTime() {}

    /** Prints a time between the years 0 and 9999; what is finer than a millisecond is cut off. */
    public static String print(Instant time) {
        return FORM.format(time);
    }

    /**
     * Reads a time.
     *
     * @throws VerificationException {@link Reason#BAD_TIME} where printing what was read would not give the text back
     */
    public static Instant parse(String text) throws VerificationException {
        try {
            if (text.length() == LENGTH) {
                Instant time = Instant.parse(text);
                if (print(time).equals(text)) {
                    return time;
                }
            }
        } catch (DateTimeException e) {
            // refused below, like every other form
        }
        throw new VerificationException(
                Reason.BAD_TIME, "A time is written as 2026-11-21T08:00:00.000Z: UTC, with milliseconds.");
    }
}
