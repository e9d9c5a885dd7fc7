package dev.weft.proto;

import java.util.Objects;

/**
 * A check that failed: the input, not this program, is at fault. The message is one clear sentence that says what is
 * wrong and what to do, and may be shown to the peer; it holds no secret and no raw value.
 */
public final class VerificationException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** A failed check, told to people by {@code message} and to programs by {@code reason}. */
    public VerificationException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** As above, with what was caught. */
    public VerificationException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** The stable reason. */
    public Reason reason() {
        return reason;
    }

    /** The sentence; always there. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
