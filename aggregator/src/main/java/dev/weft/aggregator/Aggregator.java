package dev.weft.aggregator;

import dev.weft.aggregator.accept.AdminActions;
import dev.weft.aggregator.accept.ExchangeService;
import dev.weft.aggregator.accept.LogMembership;
import dev.weft.aggregator.ask.Asker;
import dev.weft.aggregator.ask.LineageService;
import dev.weft.aggregator.config.AggregatorConfig;
import dev.weft.aggregator.config.HostPort;
import dev.weft.aggregator.http.AggregatorApi;
import dev.weft.aggregator.http.LogApi;
import dev.weft.aggregator.http.StatusReport;
import dev.weft.aggregator.members.EnrolmentService;
import dev.weft.aggregator.members.MutualTls;
import dev.weft.aggregator.members.PeerIdentity;
import dev.weft.aggregator.publish.OutsideWitness;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.SignatureProvider;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The daemon: an open federation with its listeners. Opens, starts, closes in reverse. */
public final class Aggregator implements AutoCloseable {
    private static final Duration SERVER_CERTIFICATE = Duration.ofDays(825);
    private static final int MAX_MESSAGE = 1 << 20;
    private static final int BLOCKING_THREADS = 4;
    /** Questions that wait for a thread; one more is answered busy. */
    private static final int BLOCKING_QUEUE = 256;

    private final OpenFederation federation;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(daemon("weft-timer"));
    private final ExecutorService blocking = new ThreadPoolExecutor(
            BLOCKING_THREADS,
            BLOCKING_THREADS,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(BLOCKING_QUEUE),
            daemon("weft-blocking"));
    private final HealthStatusManager health = new HealthStatusManager();
    private final ExchangeService exchange;
    private final Asker asker;
    private final Server grpc;
    private final AggregatorApi api;
    private final Optional<LogApi> logApi;
    private final RunFile.Running running;
    private final boolean recovered;

    private Aggregator(OpenFederation federation) throws VerificationException, IOException {
        this.federation = federation;
        AggregatorConfig config = federation.config();
        this.exchange = exchange();
        this.asker = new Asker(
                federation.database().readers(),
                federation.appender().published(),
                federation.federation().id(),
                federation.federation().key(),
                () -> federation.cosigning().newest().isPresent());
        this.api = new AggregatorApi(
                config.http(),
                KeyFiles.adminToken(config.directory()),
                new AggregatorApi.Parts(
                        asker,
                        new AdminActions(federation.appender()),
                        new StatusReport(
                                federation.database().readers(),
                                federation.federation(),
                                federation.appender().published(),
                                federation.cosigning(),
                                federation.directory()),
                        federation.appender()::trouble,
                        federation.metrics().registry()));
        this.grpc = grpc();
        listen();
        exchange.start(timer);
        federation.cosigning().start();
        for (AggregatorConfig.Outside witness : config.witnessing().outside()) {
            OutsideWitness.join(new OutsideWitness.Address(witness.verifier(), witness.url()), federation.cosigning());
        }
        api.start();
        this.logApi = LogListener.start(federation, SERVER_CERTIFICATE);
        this.running = new RunFile.Running(
                ProcessHandle.current().pid(),
                new HostPort(config.grpc().address().host(), grpc.getPort()),
                api.address(),
                logApi.map(LogApi::address),
                federation.clock().instant());
        // Removed at every stop that had time for it: its presence says that the last one had none.
        this.recovered = RunFile.read(config.directory()).isPresent();
        RunFile.write(config.directory(), running);
    }

    /**
     * Starts the daemon on a founded directory.
     *
     * @throws VerificationException as {@link OpenFederation#open}
     */
    public static Aggregator start(AggregatorConfig config, SecureRandom random, InstantSource clock)
            throws VerificationException, IOException, SQLException {
        OpenFederation federation = OpenFederation.open(config, random, clock);
        try {
            return new Aggregator(federation);
        } catch (VerificationException | IOException | RuntimeException e) {
            federation.close();
            throw e;
        }
    }

    private ExchangeService exchange() {
        return new ExchangeService(new ExchangeService.Parts(
                federation.appender(),
                federation.cosigning(),
                federation.relay(),
                federation.readers(),
                blocking,
                new ExchangeService.Limits(
                        federation.config().intake().window(),
                        federation.config().grpc().streams()),
                federation.clock(),
                federation.metrics(),
                federation.events()));
    }

    private void listen() throws IOException {
        try {
            grpc.start();
        } catch (IOException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(
                    "cannot listen on grpc.address "
                            + federation.config().grpc().address() + ": " + cause.getMessage()
                            + "; choose another one, or port 0 for any free one",
                    e);
        }
    }

    private Server grpc() throws VerificationException, IOException {
        AggregatorConfig.Grpc listener = federation.config().grpc();
        KeyFiles.Keys keys = federation.keys();
        X509Certificate certificate = keys.ca().issueServer(keys.tls().toProto(), listener.hosts(), SERVER_CERTIFICATE);
        PeerIdentity peers = new PeerIdentity(
                federation.directory(), federation.federation().id(), keys.ca().certificate(), federation.clock());
        peers.start(timer);
        return NettyServerBuilder.forAddress(new InetSocketAddress(
                        listener.address().host(), listener.address().port()))
                .sslContext(MutualTls.server(
                        keys.tls().keyPair().getPrivate(),
                        List.of(certificate, keys.ca().certificate())))
                // Handlers never block, and a hop to another thread costs more than what they do.
                .directExecutor()
                .maxInboundMessageSize(MAX_MESSAGE)
                .maxInboundMetadataSize(8 << 10)
                .maxConcurrentCallsPerConnection(32)
                .keepAliveTime(60, TimeUnit.SECONDS)
                .keepAliveTimeout(20, TimeUnit.SECONDS)
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .intercept(peers)
                .addService(exchange)
                .addService(new EnrolmentService(
                        federation.directory(),
                        new LogMembership(federation.appender(), federation.readers()),
                        new EnrolmentService.Issuing(
                                keys.ca(), federation.config().certificateLife()),
                        federation.events(),
                        federation.clock()))
                .addService(new LineageService(asker, blocking))
                .addService(health.getHealthService())
                .build();
    }

    /** Where it listens. */
    public RunFile.Running running() {
        return running;
    }

    public OpenFederation federation() {
        return federation;
    }

    /** What a person should know of this start, after the addresses. */
    public String description() {
        String recovery = recovered
                ? ", recovered after a stop without notice: " + federation.unpublished()
                        + " entries were durable and not yet published, and are now"
                : "";
        return "federation " + federation.federation().name() + " ("
                + federation.federation().id() + "), log size "
                + federation.appender().published().current().size() + ", TLS " + MutualTls.provider()
                + ", signatures " + SignatureProvider.active() + recovery;
    }

    /** Finishes what was acknowledged or is queued, says goodbye, and closes. */
    @Override
    public void close() {
        health.enterTerminalState();
        api.close();
        logApi.ifPresent(LogApi::close);
        grpc.shutdown();
        federation.appender().close();
        exchange.shutdown();
        try {
            if (!grpc.awaitTermination(3, TimeUnit.SECONDS)) {
                grpc.shutdownNow().awaitTermination(2, TimeUnit.SECONDS);
            }
            RunFile.remove(federation.config().directory());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            timer.shutdownNow();
            blocking.shutdownNow();
            federation.close();
        }
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
