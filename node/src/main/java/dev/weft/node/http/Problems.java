package dev.weft.node.http;

import com.google.gson.JsonObject;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place that turns a failure into an answer. A caller never sees a stack trace. */
final class Problems {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    private Problems() {}

    static void answer(Throwable problem, Context ctx) {
        Answer answer = answer(problem);
        if (answer.reason() == Reason.INTERNAL) {
            LOG.error("{} {} failed", ctx.method(), ctx.path(), problem);
        }
        Json.answer(ctx, answer.status(), Json.problem(answer.reason(), answer.message()));
    }

    /** The same as part of a larger answer. */
    static JsonObject describe(Throwable problem) {
        Answer answer = answer(problem);
        return Json.problem(answer.reason(), answer.message());
    }

    /** Whether the same again may be taken later. */
    static boolean isPassing(Throwable problem) {
        return answer(problem).status() >= 500;
    }

    private record Answer(int status, Reason reason, String message) {}

    private static Answer answer(Throwable problem) {
        if (problem instanceof CompletionException wrapped && wrapped.getCause() != null) {
            return answer(wrapped.getCause());
        } else if (problem instanceof ApiException api) {
            return new Answer(api.status(), api.reason(), message(api));
        } else if (problem instanceof VerificationException refused) {
            return new Answer(status(refused.reason()), refused.reason(), refused.getMessage());
        } else if (problem instanceof HttpResponseException http) {
            return new Answer(http.getStatus(), reason(http.getStatus()), message(http));
        }
        return new Answer(500, Reason.INTERNAL, "the node failed at this; its log says more");
    }

    private static String message(Exception problem) {
        String message = problem.getMessage();
        return message == null ? problem.getClass().getSimpleName() : message;
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

    /** 400: the request cannot be understood; 409: it contradicts what is there; 422: it is understood and not allowed. */
    private static int status(Reason reason) {
        return switch (reason) {
            case MALFORMED,
                    MISSING_FIELD,
                    UNKNOWN_FIELD,
                    UNKNOWN_KIND,
                    BAD_NAME,
                    BAD_VALUE,
                    BAD_TIME,
                    BAD_DIGEST,
                    TOO_DEEP -> 400;
            case TOO_LARGE -> 413;
            case NOT_FOUND -> 404;
            case EXTERNAL_ID_CONFLICT, DECISION_TAKEN, DUPLICATE, ROUND_EXISTS, SEQ_TAKEN -> 409;
            case BUSY, SHUTDOWN, STOPPED, UNAVAILABLE -> 503;
            case DISK_FULL -> 507;
            case INTERNAL, LOG_CORRUPT -> 500;
            case BAD_SIGNATURE, BAD_INCLUSION_PROOF, BAD_CONSISTENCY_PROOF, FORK, UNSIGNED_CHECKPOINT, UNKNOWN_LOG ->
                502;
            default -> 422;
        };
    }
}
