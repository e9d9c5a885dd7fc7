package dev.weft.proto;

import java.util.Locale;

/**
 * Why a check failed, as a stable code that machines may rely on: in gRPC trailers, HTTP answers, metrics and files. A
 * code keeps its meaning for ever; a new meaning is a new code.
 */
public enum Reason {
    BAD_KEY,
    BAD_NAME,
    BAD_SIGNATURE;

    /** The stable form, for example {@code bad-signature}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
