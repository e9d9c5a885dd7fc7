package dev.weft.node.http;

import dev.weft.proto.Reason;

/** A request that cannot be served, as the caller is told it: status, stable reason, and a sentence that says what to do. */
final class ApiException extends RuntimeException {
    private final int status;
    private final Reason reason;

    ApiException(int status, Reason reason, String message) {
        super(message, null, false, false);
        this.status = status;
        this.reason = reason;
    }

    int status() {
        return status;
    }

    Reason reason() {
        return reason;
    }
}
