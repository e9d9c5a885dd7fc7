package dev.weft.aggregator.http;

import com.google.gson.JsonObject;
import dev.weft.aggregator.accept.AdminActions;
import dev.weft.aggregator.ask.Asker;
import dev.weft.aggregator.config.HostPort;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.HttpResponseException;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The HTTP server of the aggregator. */
public final class AggregatorApi implements AutoCloseable {
    private static final int IDLE_MILLIS = 30_000;
    private static final int THREADS = 8;

    private final HostPort bind;
    private final Access access;
    private final Javalin server;

    /**
     * What it serves.
     *
     * @param status for {@code GET /v1/status}
     * @param trouble for {@code GET /readyz}: why statements are not taken now, empty while they are
     */
    public record Parts(
            Asker asker,
            AdminActions actions,
            Supplier<JsonObject> status,
            Supplier<Optional<String>> trouble,
            PrometheusRegistry metrics) {}

    /**
     * Lays out the routes; listens only after {@link #start}.
     *
     * @param bind port 0 for any free one
     * @param token the operator's; only its hash is kept
     */
    public AggregatorApi(HostPort bind, String token, Parts parts) {
        this.bind = bind;
        this.access = new Access(bind, Access.hash(token));
        Routes routes = new Routes(parts);
        this.server = Javalin.create(javalin -> configure(javalin, routes.all()));
    }

    private void configure(JavalinConfig javalin, List<Routes.Route> routes) {
        javalin.startup.showJavalinBanner = false;
        javalin.startup.showOldJavalinVersionWarning = false;
        javalin.startup.startupWatcherEnabled = false;
        javalin.http.compressionStrategy = CompressionStrategy.NONE;
        javalin.http.prefer405over404 = true;
        javalin.http.maxRequestSize = Bodies.LIMIT;
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 4, IDLE_MILLIS);
        threads.setName("weft-http");
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
        javalin.routes.before(ctx -> {
            ctx.header("X-Content-Type-Options", "nosniff").header("Cache-Control", "no-store");
            access.checkNames(ctx.header("Host"), ctx.header("Origin"));
        });
        Parameters parameters = new Parameters(Routes.openApi());
        for (Routes.Route route : routes) {
            Set<String> known = parameters.of(route.method(), route.path());
            javalin.routes.addHttpHandler(route.method(), route.path(), ctx -> {
                if (!route.open()) {
                    access.authorize(ctx.header("Authorization"));
                }
                Parameters.require(ctx, known);
                route.handler().handle(ctx);
            });
        }
        javalin.routes.exception(Exception.class, Problems::answer);
        // The server's own answers, which pass no handler.
        javalin.routes.exception(HttpResponseException.class, Problems::answer);
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
                    "cannot listen on http.address " + bind + ": " + cause.getMessage()
                            + "; choose another one, or port 0 for any free one",
                    e);
        }
    }

    /** Where it listens, with the port it got. */
    public HostPort address() {
        return new HostPort(bind.host(), server.port());
    }

    /** Answers what came in, then stops. */
    @Override
    public void close() {
        server.stop();
    }
}
