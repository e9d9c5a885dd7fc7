package dev.weft.aggregator.http;

import com.google.gson.JsonObject;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place that turns a failure into an answer. A caller never sees a stack trace. */
final class Problems {
    private static final Logger log = LoggerFactory.getLogger(Problems.class);

    private Problems() {}

    static void answer(Throwable problem, Context ctx) {
        if (problem instanceof CompletionException || problem instanceof ExecutionException) {
            answer(problem.getCause() == null ? new IllegalStateException(problem) : problem.getCause(), ctx);
        } else if (problem instanceof ApiException refused) {
            put(ctx, refused.status(), refused.reason(), String.valueOf(refused.getMessage()));
        } else if (problem instanceof VerificationException refused) {
            put(ctx, status(refused.reason()), refused.reason(), refused.getMessage());
        } else if (problem instanceof HttpResponseException http) {
            put(ctx, http.getStatus(), reason(http.getStatus()), String.valueOf(http.getMessage()));
        } else {
            log.error("{} {} failed", ctx.method(), ctx.path(), problem);
            put(ctx, 500, Reason.INTERNAL, "The aggregator failed at this; its log says more.");
        }
    }

    private static void put(Context ctx, int status, Reason reason, String message) {
        JsonObject body = new JsonObject();
        body.addProperty("reason", reason.code());
        body.addProperty("message", message);
        ctx.status(status).contentType("application/json").result(body.toString());
    }

    static Reason reason(int status) {
        return switch (status) {
            case 404 -> Reason.NOT_FOUND;
            case 405 -> Reason.METHOD_NOT_ALLOWED;
            case 413, 414, 431 -> Reason.TOO_LARGE;
            case 505 -> Reason.UNSUPPORTED_VERSION;
            default -> status < 500 ? Reason.MALFORMED : Reason.INTERNAL;
        };
    }

    /** 400: cannot be understood; 409: contradicts what is there; 422: understood and not allowed. */
    private static int status(Reason reason) {
        return switch (reason) {
            case MALFORMED,
                    MISSING_FIELD,
                    BAD_NAME,
                    BAD_VALUE,
                    BAD_DIGEST,
                    BAD_PAGE_TOKEN,
                    LIMIT_EXCEEDED,
                    NOT_CANONICAL -> 400;
            case NOT_FOUND, AT_UNAVAILABLE, UNKNOWN_ROUND, NOT_MEMBER -> 404;
            case DUPLICATE, SEQ_TAKEN, OUT_OF_ORDER, PREV_MISMATCH -> 409;
            case TOO_LARGE -> 413;
            case BUSY, SHUTDOWN, STOPPED, UNAVAILABLE -> 503;
            case DISK_FULL -> 507;
            case INTERNAL, LOG_CORRUPT -> 500;
            default -> 422;
        };
    }
}
