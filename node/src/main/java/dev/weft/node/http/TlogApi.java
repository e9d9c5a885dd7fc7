package dev.weft.node.http;

import com.google.protobuf.ByteString;
import dev.weft.node.config.HostPort;
import dev.weft.proto.VerificationException;
import dev.weft.proto.note.WitnessRequest;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import java.io.IOException;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listener for unmodified C2SP tools: plain HTTP, no token, nothing of this site, off unless configured. */
public final class TlogApi implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TlogApi.class);
    private static final int IDLE_MILLIS = 30_000;
    private static final int THREADS = 6;

    private final HostPort bind;
    private final String key;
    private final Javalin server;

    /**
     * Listens only after {@link #start}; port 0 takes a free one.
     *
     * @param key of the setting that says the address
     */
    public TlogApi(HostPort bind, String key, TlogRoutes routes) {
        this.bind = bind;
        this.key = key;
        this.server = Javalin.create(javalin -> configure(javalin, routes));
    }

    private void configure(JavalinConfig javalin, TlogRoutes routes) {
        javalin.startup.showJavalinBanner = false;
        javalin.startup.showOldJavalinVersionWarning = false;
        javalin.startup.startupWatcherEnabled = false;
        javalin.http.compressionStrategy = CompressionStrategy.NONE;
        javalin.http.prefer405over404 = true;
        javalin.http.maxRequestSize = WitnessRequest.MAX_BYTES;
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 2, IDLE_MILLIS);
        threads.setName("weft-tlog-http");
        javalin.jetty.threadPool = threads;
        javalin.jetty.modifyHttpConfiguration(http -> {
            http.setSendServerVersion(false);
            http.setSendDateHeader(false);
        });
        javalin.jetty.modifyServer(jetty -> jetty.setErrorHandler(new ServerErrors()));
        javalin.jetty.addConnector((jetty, http) -> {
            ServerConnector connector = new ServerConnector(jetty, 1, 1, new HttpConnectionFactory(http));
            connector.setHost(bind.host());
            connector.setPort(bind.port());
            connector.setIdleTimeout(IDLE_MILLIS);
            return connector;
        });
        javalin.routes.before(ctx -> ctx.header("X-Content-Type-Options", "nosniff"));
        routes.gets().forEach((path, handler) -> javalin.routes.addHttpHandler(HandlerType.GET, path, handler));
        routes.posts().forEach((path, handler) -> javalin.routes.addHttpHandler(HandlerType.POST, path, handler));
        javalin.routes.exception(
                VerificationException.class,
                (e, ctx) -> text(ctx, routes.status(e.reason()), String.valueOf(e.getMessage())));
        javalin.routes.exception(
                HttpResponseException.class, (e, ctx) -> text(ctx, e.getStatus(), String.valueOf(e.getMessage())));
        javalin.routes.exception(Exception.class, (e, ctx) -> {
            LOG.error("{} {} failed", ctx.method(), ctx.path(), e);
            text(ctx, 500, "This node failed at that; its log says more.");
        });
    }

    static void text(Context ctx, int status, String text) {
        ctx.status(status).contentType("text/plain; charset=utf-8").result(text + "\n");
    }

    static void bytes(Context ctx, String type, String cache, ByteString body) {
        ctx.contentType(type).header("Cache-Control", cache).result(body.toByteArray());
    }

    /**
     * Listens.
     *
     * @throws IOException where the address is taken or not this machine's
     */
    public void start() throws IOException {
        try {
            server.start();
        } catch (RuntimeException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(
                    "cannot listen on " + key + " " + bind + ": " + cause.getMessage() + "; choose another one", e);
        }
    }

    /** Where it listens, with the port it got. */
    public HostPort address() {
        return new HostPort(bind.host(), server.port());
    }

    @Override
    public void close() {
        server.stop();
    }
}
