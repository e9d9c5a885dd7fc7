package dev.weft.it.federation;

/** A daemon answered a call of the typed client with a refusal. */
public final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int status;
    private final String reason;

    RefusedException(HttpReply reply) {
        super(reply.status() + " " + reply.body());
        this.status = reply.status();
        this.reason = reply.reason();
    }

    public int status() {
        return status;
    }

    /** The stable reason code. */
    public String reason() {
        return reason;
    }
}
