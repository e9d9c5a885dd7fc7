package dev.weft.node.ask;

/** The question got no answer: the aggregator is not there, or refuses it. */
public final class AskException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean unreachable;
    private final String reason;

    AskException(boolean unreachable, String reason, String message) {
        super(message);
        this.unreachable = unreachable;
        this.reason = reason;
    }

    /** Whether there was nobody to answer; else the question itself was refused. */
    public boolean unreachable() {
        return unreachable;
    }

    /** The aggregator's stable reason code, or {@code unavailable}. */
    public String reason() {
        return reason;
    }
}
