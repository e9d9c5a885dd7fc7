package dev.weft.node.http;

import dev.weft.proto.Reason;
import io.javalin.http.Handler;
import java.util.Map;

/** What a {@link TlogApi} answers, by path. */
public interface TlogRoutes {
    Map<String, Handler> gets();

    Map<String, Handler> posts();

    /** The status that says this reason. */
    default int status(Reason reason) {
        return switch (reason) {
            case NOT_FOUND, UNKNOWN_LOG -> 404;
            case UNAVAILABLE, BUSY, DISK_FULL, STOPPED, SHUTDOWN -> 503;
            case TOO_LARGE -> 413;
            default -> 400;
        };
    }
}
