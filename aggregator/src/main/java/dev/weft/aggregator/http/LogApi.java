package dev.weft.aggregator.http;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.config.HostPort;
import dev.weft.aggregator.publish.Cosigning;
import dev.weft.aggregator.publish.FinalHead;
import dev.weft.aggregator.publish.Published;
import dev.weft.aggregator.publish.PublishedHead;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.log.LogStore;
import dev.weft.proto.log.TlogFiles;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The log for tools that nobody here wrote: C2SP tlog-tiles and tlog-proof over HTTPS, on a listener of its own. It serves
 * the newest final checkpoint, or the newest one while there is no policy in force; tiles and entries reach the newest.
 */
public final class LogApi implements AutoCloseable {
    private static final int IDLE_MILLIS = 30_000;
    private static final int THREADS = 8;
    private static final String FOREVER = "public, max-age=31536000, immutable";

    private final HostPort bind;
    private final SSLContext tls;
    private final LogReaders readers;
    private final Parts parts;
    private final Javalin server;

    /**
     * What it serves.
     *
     * @param entries the log, for any thread
     */
    public record Parts(Published published, Cosigning cosigning, LogStore entries) {}

    /** Listens only after {@link #start}; port 0 takes a free one. */
    public LogApi(HostPort bind, SSLContext tls, LogReaders readers, Parts parts) {
        this.bind = bind;
        this.tls = tls;
        this.readers = readers;
        this.parts = parts;
        this.server = Javalin.create(this::configure);
    }

    private void configure(JavalinConfig javalin) {
        javalin.startup.showJavalinBanner = false;
        javalin.startup.showOldJavalinVersionWarning = false;
        javalin.startup.startupWatcherEnabled = false;
        javalin.http.compressionStrategy = CompressionStrategy.NONE;
        javalin.http.prefer405over404 = true;
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 4, IDLE_MILLIS);
        threads.setName("weft-log-http");
        javalin.jetty.threadPool = threads;
        javalin.jetty.modifyHttpConfiguration(http -> {
            http.setSendServerVersion(false);
            http.setSendDateHeader(false);
        });
        javalin.jetty.addConnector(this::connector);
        javalin.routes.before(ctx -> {
            ctx.header("X-Content-Type-Options", "nosniff");
            readers.admit(certificates(ctx), ctx.header("Authorization"));
        });
        javalin.routes.addHttpHandler(HandlerType.GET, "/checkpoint", this::checkpoint);
        javalin.routes.addHttpHandler(HandlerType.GET, "/tile/<path>", this::tile);
        javalin.routes.addHttpHandler(HandlerType.GET, "/tlog-proof/{index}", this::proof);
        javalin.routes.exception(Exception.class, Problems::answer);
        javalin.routes.exception(HttpResponseException.class, Problems::answer);
    }

    private static X509Certificate[] certificates(Context ctx) {
        Object shown = ctx.req().getAttribute("jakarta.servlet.request.X509Certificate");
        return shown instanceof X509Certificate[] chain ? chain : new X509Certificate[0];
    }

    private ServerConnector connector(Server jetty, HttpConfiguration http) {
        SslContextFactory.Server context = new SslContextFactory.Server();
        context.setSslContext(tls);
        context.setIncludeProtocols("TLSv1.3");
        context.setWantClientAuth(true);
        HttpConfiguration https = new HttpConfiguration(http);
        https.addCustomizer(new SecureRequestCustomizer(false)); // called by address as well as by name
        ServerConnector connector = new ServerConnector(
                jetty, 1, 1, new SslConnectionFactory(context, "http/1.1"), new HttpConnectionFactory(https));
        connector.setHost(bind.host());
        connector.setPort(bind.port());
        connector.setIdleTimeout(IDLE_MILLIS);
        return connector;
    }

    private void checkpoint(Context ctx) {
        bytes(ctx, "text/plain; charset=utf-8", "no-cache", served().note());
    }

    private record Served(long size, ByteString note) {}

    private Served served() {
        Optional<FinalHead> last = parts.cosigning().newest();
        if (last.isPresent() && parts.cosigning().view().policy().isPresent()) {
            return new Served(last.get().size(), last.get().served());
        }
        PublishedHead head = parts.published().current();
        return new Served(head.size(), head.note());
    }

    private void tile(Context ctx) throws VerificationException {
        bytes(ctx, "application/octet-stream", FOREVER, files().tile("tile/" + ctx.pathParam("path")));
    }

    private void proof(Context ctx) throws VerificationException {
        String index = ctx.pathParam("index");
        if (!index.matches("0|[1-9]\\d{0,17}")) {
            throw new ApiException(400, Reason.MALFORMED, "An index is a whole number without leading zeros.");
        }
        Served at = served();
        bytes(ctx, "text/plain; charset=utf-8", "no-cache", files().proof(Long.parseLong(index), at.note(), at.size()));
    }

    private TlogFiles files() {
        PublishedHead head = parts.published().current();
        return new TlogFiles(head.log(), parts.entries(), head.size());
    }

    private static void bytes(Context ctx, String type, String cache, ByteString body) {
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
                    "cannot listen on log.address " + bind + ": " + cause.getMessage() + "; choose another one", e);
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
