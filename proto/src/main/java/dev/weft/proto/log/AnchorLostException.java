package dev.weft.proto.log;

/** Another process moved the anchor: this one may not sign any more. */
public final class AnchorLostException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Says what stands there instead. */
    public AnchorLostException(String message) {
        super(message);
    }
}
