package dev.weft.aggregator;

import com.google.protobuf.Message;
import dev.weft.aggregator.accept.AdminActions;
import dev.weft.aggregator.accept.AggregatorAuthor;
import dev.weft.aggregator.accept.ExchangeService;
import dev.weft.aggregator.accept.LogMembership;
import dev.weft.aggregator.config.AggregatorConfig;
import dev.weft.aggregator.members.PeerIdentity;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.Invitations;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.Signatory;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.statement.SignedEnvelope;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.InvitationToken;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.Policy;
import dev.weft.proto.v1.Require;
import dev.weft.proto.v1.Revoke;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Witness;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A real federation in a directory, whose streams come in through an in-process server. */
public final class Lab implements AutoCloseable {
    static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-21T08:00:00Z"));
    static final Metadata.Key<String> MEMBER = Metadata.Key.of("member", Metadata.ASCII_STRING_MARSHALLER);

    private final Path directory;
    private final Map<String, String> settings;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final ExecutorService blocking = Executors.newSingleThreadExecutor();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final String address = UUID.randomUUID().toString();
    private OpenFederation federation;
    private ExchangeService exchange;
    private Server server;

    public Lab(Path directory) throws Exception {
        this(directory, Map.of());
    }

    public Lab(Path directory, Map<String, String> settings) throws Exception {
        this(directory, settings, CLOCK);
    }

    Lab(Path directory, Map<String, String> settings, InstantSource clock) throws Exception {
        this.directory = directory;
        this.settings = settings;
        this.clock = clock;
        Digest unused = found(directory);
        this.federation = open();
        this.exchange = exchange();
        this.server = serve();
    }

    static Digest found(Path directory) throws Exception {
        return new Founding(new SecureRandom(), CLOCK).found(directory, "demo", Map.of());
    }

    static AggregatorConfig config(Path directory) throws Exception {
        return AggregatorConfig.load(directory, Map.of(), Map.of());
    }

    private OpenFederation open() throws Exception {
        return OpenFederation.open(AggregatorConfig.load(directory, Map.of(), settings), random, clock);
    }

    private ExchangeService exchange() {
        return new ExchangeService(new ExchangeService.Parts(
                federation.appender(),
                federation.cosigning(),
                federation.relay(),
                federation.readers(),
                blocking,
                new ExchangeService.Limits(federation.config().intake().window(), 100),
                clock,
                federation.metrics(),
                federation.events()));
    }

    private Server serve() throws Exception {
        federation.cosigning().start();
        return InProcessServerBuilder.forName(address)
                .directExecutor()
                .intercept(new AsNamed())
                .addService(exchange)
                .build()
                .start();
    }

    public OpenFederation federation() {
        return federation;
    }

    public Path directory() {
        return directory;
    }

    SigningKey rootKey() throws Exception {
        return KeyFiles.signing(directory.resolve(KeyFiles.ROOT));
    }

    private List<Signatory> root() throws Exception {
        return SecondKeyFiles.root(
                directory.resolve(KeyFiles.ROOT), federation.appender().standing());
    }

    /** As {@code weft-aggregator algorithms require} does it; gives the entry's index. */
    long requireSecond() throws Exception {
        return requireSecond(SecondKeyFiles.make(directory, directory.resolve(KeyFiles.ROOT), random));
    }

    long requireSecond(SecondKeyFiles.Made second) throws Exception {
        return state(
                Key.newBuilder()
                        .setRequire(Require.newBuilder().setKeys(second.keys()))
                        .build(),
                List.of(rootKey(), second.root()));
    }

    private long state(Message body, List<? extends Signatory> signers) throws Exception {
        OpenedEnvelope signed = AggregatorAuthor.sign(
                body,
                MemberName.ROOT,
                federation.appender().standing(),
                federation.appender().published().current().head(),
                signers,
                CLOCK);
        return new AdminActions(federation.appender())
                .statement(signed.bytes())
                .get(30, TimeUnit.SECONDS)
                .index();
    }

    /** A member that was invited and has joined. */
    public Site join(String name) throws Exception {
        Site site =
                new Site(federation.federation().id(), federation.federation().origin(), new MemberName(name), random);
        Invitation template = Invitation.newBuilder()
                .setFederation(federation.federation().id().toByteString())
                .setFederationName("demo")
                .setMember(name)
                .setRole(Role.SITE)
                .setExpires("2026-11-28T08:00:00.000Z")
                .addAddresses("127.0.0.1:7443")
                .build();
        if (federation.appender().standing().requirement().isPresent()) {
            site.makeSecond();
        }
        InvitationToken token =
                Invitations.issue(template, root(), federation.keys().ca().certificate(), random);
        LogMembership log = new LogMembership(federation.appender(), federation.readers());
        long index = log.admit(site.accept(token)).get(30, TimeUnit.SECONDS);
        site.admitted(EnvelopeOpener.open(federation.readers().entry(index))
                .statement()
                .id());
        return site;
    }

    /** As {@code weft-aggregator revoke} does it. */
    public void revoke(String name) throws Exception {
        Key revocation =
                Key.newBuilder().setRevoke(Revoke.newBuilder().setMember(name)).build();
        long unused = state(revocation, root());
    }

    /** As a node's stream does it; gives the entry's index. */
    public long append(SignedEnvelope statement) throws Exception {
        return federation
                .appender()
                .submit(EnvelopeOpener.open(statement.bytes()), List.of(), List.of())
                .get(30, TimeUnit.SECONDS)
                .index();
    }

    /** As {@code weft-aggregator policy set} does it; gives the entry's index. */
    public long policy(Policy policy) throws Exception {
        return state(policy, root());
    }

    /** A policy of these sites. */
    public static Policy witnesses(int k, int f, Site... sites) {
        Policy.Builder policy = Policy.newBuilder().setK(k).setF(f);
        for (Site site : sites) {
            policy.addWitnesses(Witness.newBuilder()
                    .setName(site.name().value())
                    .setOrganisation("org " + site.name().value())
                    .setKey(site.witnessKey().verifyingKey().toProto()));
        }
        return policy.build();
    }

    public TestStream connect(Site site) {
        return connect(site.name().value());
    }

    /** Looks after the streams once a second, as a running aggregator does. */
    void lookAfterStreams(ScheduledExecutorService timer) {
        exchange.start(timer);
    }

    void lookAfterStreams() {
        lookAfterStreams(timer);
    }

    ManagedChannel channel() {
        ManagedChannel channel =
                InProcessChannelBuilder.forName(address).directExecutor().build();
        channels.add(channel);
        return channel;
    }

    TestStream connect(String member) {
        ManagedChannel channel = channel();
        return new TestStream(channel, member, federation.appender().standing());
    }

    /** Stops as on SIGTERM and starts again. */
    public void restart() throws Exception {
        stop();
        federation = open();
        exchange = exchange();
        server = serve();
    }

    public void stop() {
        server.shutdownNow();
        federation.close();
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        stop();
        timer.shutdownNow();
        blocking.shutdownNow();
    }

    /** Stands in for the certificate: the member is whom the caller says it is. */
    private static final class AsNamed implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            MemberName name = new MemberName(java.util.Objects.requireNonNull(headers.get(MEMBER)));
            return Contexts.interceptCall(Context.current().withValue(PeerIdentity.MEMBER, name), call, headers, next);
        }
    }
}
