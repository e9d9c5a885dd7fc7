package dev.weft.node.http;

import dev.weft.node.config.HostPort;
import dev.weft.node.config.NodeConfig;
import dev.weft.node.telemetry.Metrics;
import dev.weft.proto.Reason;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.prometheus.metrics.core.metrics.Counter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The server of the local API. */
public final class LocalApi implements AutoCloseable {
    private static final int IDLE_MILLIS = 30_000;
    private static final String GRANT = "weft.grant";

    private final NodeConfig.Http config;
    private final Access access;
    private final Bodies bodies;
    private final Javalin server;
    private final Counter requests;

    /** Lays out the routes; listens only after {@link #start}. */
    public LocalApi(NodeConfig.Http config, Tokens tokens, Metrics metrics, List<RouteGroup> groups) {
        this(config, tokens, metrics, groups, Bodies.PATIENCE);
    }

    LocalApi(NodeConfig.Http config, Tokens tokens, Metrics metrics, List<RouteGroup> groups, Duration patience) {
        this.config = config;
        this.bodies = new Bodies(config.threads(), patience);
        this.access = new Access(config, tokens);
        this.requests = metrics.counter("weft_node_http_requests", "Answers of the local API.", "status");
        this.server = Javalin.create(javalin -> configure(javalin, groups));
    }

    private void configure(JavalinConfig javalin, List<RouteGroup> groups) {
        javalin.startup.showJavalinBanner = false;
        javalin.startup.showOldJavalinVersionWarning = false;
        javalin.startup.startupWatcherEnabled = false;
        javalin.http.compressionStrategy = CompressionStrategy.NONE;
        javalin.http.prefer405over404 = true;
        javalin.http.maxRequestSize = Math.max(config.maxBodyBytes(), config.maxBatchBytes());
        QueuedThreadPool threads = new QueuedThreadPool(config.threads(), Math.min(4, config.threads()), IDLE_MILLIS);
        threads.setName("weft-http");
        javalin.jetty.threadPool = threads;
        javalin.jetty.modifyHttpConfiguration(http -> {
            http.setSendServerVersion(false);
            http.setSendDateHeader(false);
        });
        javalin.jetty.modifyServer(jetty -> jetty.setErrorHandler(new ServerErrors()));
        javalin.jetty.addConnector(this::connector);
        javalin.routes.before(ctx -> {
            ctx.header("X-Content-Type-Options", "nosniff").header("Cache-Control", "no-store");
            access.checkNames(ctx.header("Host"), ctx.header("Origin"));
        });
        Parameters parameters = new Parameters(StatusRoutes.openApi());
        groups.stream()
                .flatMap(group -> group.routes().stream())
                .forEach(route -> add(javalin, route, parameters.of(route.method(), route.path())));
        javalin.routes.after(
                ctx -> requests.labelValues(Integer.toString(ctx.statusCode())).inc());
        javalin.routes.exception(HttpResponseException.class, Problems::answer);
        javalin.routes.exception(Exception.class, Problems::answer);
    }

    private void add(JavalinConfig javalin, Route route, Set<String> parameters) {
        javalin.routes.addHttpHandler(route.method(), route.path(), ctx -> {
            if (!route.scopes().isEmpty()) {
                ctx.attribute(GRANT, access.authorize(ctx, route.scopes()));
            }
            Parameters.require(ctx, parameters);
            bodies.serve(ctx);
            route.handler().handle(ctx);
        });
    }

    /** Who is asking, on a route that asks for a token. */
    static TokenGrant grant(Context ctx) {
        TokenGrant grant = ctx.attribute(GRANT);
        if (grant == null) {
            throw new ApiException(401, Reason.UNAUTHENTICATED, "this route needs a token");
        }
        return grant;
    }

    private Connector connector(Server jetty, HttpConfiguration http) {
        ServerConnector connector = config.tls()
                .map(tls -> tls(jetty, http, tls))
                .orElseGet(() -> new ServerConnector(jetty, 1, 1, new HttpConnectionFactory(http)));
        connector.setHost(config.address().host());
        connector.setPort(config.address().port());
        connector.setIdleTimeout(IDLE_MILLIS);
        return connector;
    }

    private static ServerConnector tls(Server jetty, HttpConfiguration http, NodeConfig.Tls tls) {
        SslContextFactory.Server context = new SslContextFactory.Server();
        context.setKeyStoreType("PKCS12");
        context.setKeyStorePath(tls.keystore().toString());
        context.setKeyStorePassword(tls.password());
        context.setIncludeProtocols("TLSv1.3");
        HttpConfiguration https = new HttpConfiguration(http);
        // Which names reach this server Access decides; Jetty would turn away everybody who calls it by its address.
        https.addCustomizer(new SecureRequestCustomizer(false));
        return new ServerConnector(
                jetty, 1, 1, new SslConnectionFactory(context, "http/1.1"), new HttpConnectionFactory(https));
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
                    "cannot listen on http.address " + config.address() + ": " + cause.getMessage()
                            + "; choose another one, or port 0 for any free one",
                    e);
        }
    }

    /** Where it listens, with the port it got. */
    public HostPort address() {
        return new HostPort(config.address().host(), server.port());
    }

    /** The URL to call it by. */
    public String url() {
        return (config.tls().isPresent() ? "https://" : "http://") + address();
    }

    /** Answers what came in, then stops. */
    @Override
    public void close() {
        server.stop();
    }
}
