package dev.weft.proto;

/** A check failed: the input is to blame, not the program. The message is one sentence that says what to do. */
public final class VerificationException extends Exception {

    private final Reason reason;

    public VerificationException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** The stable code of the failed check. */
    public Reason reason() {
        return reason;
    }
}
