package dev.weft.node.http;

import dev.weft.proto.Reason;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;

/**
 * Takes the bodies of requests. Each has to be there whole within a time, and no more than some of the threads wait for
 * bodies, so that slow callers leave threads for everybody else.
 */
final class Bodies {
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final String ATTRIBUTE = "weft.bodies";
    private static final int THREADS_KEPT_FREE = 4;

    private final Semaphore waiting;
    private final Duration patience;

    Bodies(int threads, Duration patience) {
        this.waiting = new Semaphore(Math.max(1, threads - THREADS_KEPT_FREE));
        this.patience = patience;
    }

    /** Makes this the one that {@link #read} finds. */
    void serve(Context ctx) {
        ctx.attribute(ATTRIBUTE, this);
    }

    /** The body's bytes; one more than the limit where it is larger. */
    static byte[] read(Context ctx, int limit) {
        Bodies bodies = ctx.attribute(ATTRIBUTE);
        if (bodies == null) {
            throw new IllegalStateException("no server of bodies");
        }
        return bodies.take(ctx, limit);
    }

    private byte[] take(Context ctx, int limit) {
        if (!waiting.tryAcquire()) {
            throw closing(ctx, 503, Reason.BUSY, "too many requests are being sent at once; send it again later");
        }
        EndPoint caller = ServletContextRequest.getServletContextRequest(ctx.req())
                .getConnectionMetaData()
                .getConnection()
                .getEndPoint();
        long idle = caller.getIdleTimeout();
        try (InputStream in = ctx.req().getInputStream()) {
            return take(in, limit, caller);
        } catch (IOException e) {
            throw isTimeout(e) ? stalled(ctx) : cutShort(ctx);
        } catch (TimeoutException e) {
            throw stalled(ctx);
        } finally {
            caller.setIdleTimeout(idle);
            waiting.release();
        }
    }

    private byte[] take(InputStream in, int limit, EndPoint caller) throws IOException, TimeoutException {
        long end = System.nanoTime() + patience.toNanos();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] part = new byte[16_384];
        while (body.size() <= limit) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new TimeoutException();
            }
            caller.setIdleTimeout(left);
            int count = in.read(part, 0, Math.min(part.length, limit + 1 - body.size()));
            if (count < 0) {
                break;
            }
            body.write(part, 0, count);
        }
        return body.toByteArray();
    }

    private static boolean isTimeout(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TimeoutException) {
                return true;
            }
        }
        return false;
    }

    private ApiException stalled(Context ctx) {
        return closing(
                ctx,
                408,
                Reason.STALLED,
                "the body was not there whole after " + patience.toMillis() + " ms; send it faster, or less at once");
    }

    private static ApiException cutShort(Context ctx) {
        return closing(ctx, 400, Reason.MALFORMED, "the body ends too early; send it whole");
    }

    /** What is left of the body cannot be told from a next request: the connection ends with the answer. */
    private static ApiException closing(Context ctx, int status, Reason reason, String message) {
        ctx.header("Connection", "close");
        return new ApiException(status, reason, message);
    }
}
