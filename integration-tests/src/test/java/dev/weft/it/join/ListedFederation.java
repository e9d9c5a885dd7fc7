package dev.weft.it.join;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.aggregator.members.EnrolmentService;
import dev.weft.aggregator.members.MemberDirectory;
import dev.weft.aggregator.members.MembershipLog;
import dev.weft.aggregator.members.MutualTls;
import dev.weft.aggregator.members.PeerIdentity;
import dev.weft.aggregator.watch.Metrics;
import dev.weft.aggregator.watch.SecurityEvents;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.identity.Admission;
import dev.weft.proto.identity.CertificateAuthority;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.Invitations;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.identity.TlsKey;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.NoteSigner;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Continuation;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Head;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.InvitationToken;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.Resume;
import dev.weft.proto.v1.Revoke;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Suspend;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.UnaryOperator;

/** A federation whose log is a list, behind the aggregator's real enrolment, interceptor and TLS on loopback. */
final class ListedFederation implements MembershipLog, AutoCloseable {

    static final String NAME = "demo";
    static final String ORIGIN = "demo/log/1";

    final SecureRandom random = new SecureRandom();
    final TestClock clock = new TestClock();
    final OpenStreams streams = new OpenStreams();
    final SigningKey log = SigningKey.generate(random);
    final CertificateAuthority ca = CertificateAuthority.create(NAME, random, clock, Duration.ofDays(3650));

    /** What the aggregator does to the proofs before it sends them. */
    UnaryOperator<Proved> lie = UnaryOperator.identity();

    /** Nothing can be appended. */
    volatile boolean full;

    final SecurityEvents events = new SecurityEvents(new Metrics());

    private final SigningKey root = SigningKey.generate(random);
    private final SigningKey aggregator = SigningKey.generate(random);
    private final List<ByteString> entries = new ArrayList<>();
    private final Standing standing;
    private final MemberDirectory directory;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Server server;

    ListedFederation(Duration certificateLife) throws IOException, VerificationException {
        OpenedEnvelope genesis = EnvelopeOpener.open(
                EnvelopeSigner.sign(genesis(), List.of(root)).bytes());
        standing = Standing.of(genesis);
        entries.add(genesis.bytes());
        directory = new MemberDirectory(standing.copy());
        PeerIdentity identity = new PeerIdentity(directory, federation(), ca.certificate(), clock);
        identity.start(timer);
        server = serve(ca, identity, enrolment(certificateLife));
    }

    private EnrolmentService enrolment(Duration certificateLife) {
        return new EnrolmentService(directory, this, new EnrolmentService.Issuing(ca, certificateLife), events, clock);
    }

    private Server serve(CertificateAuthority issuer, PeerIdentity identity, EnrolmentService enrolment)
            throws IOException, VerificationException {
        TlsKey key = TlsKey.generate(random);
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sslContext(MutualTls.server(
                        key.keyPair().getPrivate(),
                        List.of(issuer.issueServer(key.toProto(), List.of("127.0.0.1"), Duration.ofDays(3650)))))
                .directExecutor()
                .intercept(identity)
                .addService(enrolment)
                .addService(streams)
                .build()
                .start();
    }

    /** Another listener of the same federation, whose certificate another CA issued. */
    Server impostor() throws IOException, VerificationException {
        CertificateAuthority other = CertificateAuthority.create(NAME, random, clock, Duration.ofDays(1));
        return serve(
                other,
                new PeerIdentity(directory, federation(), ca.certificate(), clock),
                enrolment(Duration.ofDays(1)));
    }

    private Genesis genesis() {
        return Genesis.newBuilder()
                .setHeader(Header.newBuilder()
                        .setAudience(ORIGIN)
                        .setAuthor("root")
                        .setRecordedAt(WireTime.print(clock.instant())))
                .setName(NAME)
                .setNonce(Hashing.sha256(random.generateSeed(8)).toByteString())
                .addRootKeys(root.verifyingKey().toProto())
                .setRootThreshold(1)
                .setLogOrigin(ORIGIN)
                .addLogKeys(log.verifyingKey().toProto())
                .setAggregatorKey(aggregator.verifyingKey().toProto())
                .setCaDigest(
                        Hashing.sha256(Certificates.toDer(ca.certificate())).toByteString())
                .setProtocolVersion(1)
                .addRequiredSignatures(KeyAlgorithm.ED25519)
                .setLimits(EnvelopeOpener.LIMITS)
                .build();
    }

    /** A genesis by which the log of that size goes on under the next origin, as somebody signs it. */
    ByteString continuation(long size, String from, Optional<SigningKey> impostor) throws VerificationException {
        Genesis continuing = standing.genesis().toBuilder()
                .setHeader(Header.newBuilder()
                        .setAudience(NAME + "/log/2")
                        .setAuthor("root")
                        .setRecordedAt(WireTime.print(clock.instant())))
                .setLogOrigin(NAME + "/log/2")
                .clearLogKeys()
                .addLogKeys(SigningKey.generate(random).verifyingKey().toProto())
                .setContinues(Continuation.newBuilder()
                        .setFederation(federation().toByteString())
                        .setOrigin(from)
                        .setHead(Head.newBuilder()
                                .setSize(size)
                                .setRoot(Hashing.sha256(new byte[] {1}).toByteString())))
                .build();
        return EnvelopeSigner.sign(continuing, List.of(impostor.orElse(root))).bytes();
    }

    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    Digest federation() {
        return standing.federation();
    }

    synchronized int size() {
        return entries.size();
    }

    InvitationToken invite(String name) {
        return invite(name, address());
    }

    InvitationToken invite(String name, String address) {
        Invitation invitation = Invitation.newBuilder()
                .setFederation(federation().toByteString())
                .setFederationName(NAME)
                .setMember(name)
                .setRole(Role.SITE)
                .setOrganisation("Organisation of " + name)
                .setExpires(WireTime.print(clock.instant().plus(Duration.ofDays(7))))
                .addAddresses(address)
                .build();
        return Invitations.issue(invitation, List.of(root), ca.certificate(), random);
    }

    void revoke(String member) throws VerificationException {
        say(Key.newBuilder().setRevoke(Revoke.newBuilder().setMember(member)), MemberName.ROOT, root);
    }

    void suspend(String member) throws VerificationException {
        say(Key.newBuilder().setSuspend(Suspend.newBuilder().setMember(member)), MemberName.AGGREGATOR, aggregator);
    }

    void resume(String member) throws VerificationException {
        say(Key.newBuilder().setResume(Resume.newBuilder().setMember(member)), MemberName.AGGREGATOR, aggregator);
    }

    @Override
    public CompletableFuture<Long> admit(Admission admission) {
        if (full) {
            return CompletableFuture.failedFuture(new IllegalStateException("there is no room"));
        }
        try {
            return CompletableFuture.completedFuture(
                    say(admission.toMembership().toBuilder(), MemberName.AGGREGATOR, aggregator));
        } catch (VerificationException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public synchronized CompletableFuture<Long> rollOver(OpenedEnvelope rollover) {
        try {
            return CompletableFuture.completedFuture(append(rollover));
        } catch (VerificationException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private synchronized long say(Message.Builder predicate, MemberName author, SigningKey key)
            throws VerificationException {
        AuthorState state = standing.author(author);
        Header header = Header.newBuilder()
                .setFederation(federation().toByteString())
                .setAudience(ORIGIN)
                .setAuthor(author.value())
                .setIncarnation(state.incarnation())
                .setSeq(state.nextSeq())
                .setPrev(state.prev().toByteString())
                .setRecordedAt(WireTime.print(clock.instant()))
                .build();
        predicate.setField(predicate.getDescriptorForType().findFieldByName("header"), header);
        OpenedEnvelope opened = EnvelopeOpener.open(
                EnvelopeSigner.sign(predicate.build(), List.of(key)).bytes());
        return append(opened);
    }

    private long append(OpenedEnvelope opened) throws VerificationException {
        opened.verify(standing.requiredKeys(opened));
        standing.apply(entries.size(), opened);
        entries.add(opened.bytes());
        directory.set(standing.copy());
        return entries.size() - 1L;
    }

    @Override
    public synchronized Proved prove(long index) {
        return lie.apply(proved(index, log));
    }

    /** The truth about an entry, under a checkpoint that some key signed. */
    synchronized Proved proved(long index, SigningKey signer) {
        List<Digest> leaves = entries.stream().map(MerkleMath::leafHash).toList();
        TreeHead head = MerkleMath.head(leaves);
        return new Proved(
                entries.get(0),
                InclusionProof.prove(MerkleMath.reader(leaves), 0, head.size()),
                entries.get((int) index),
                InclusionProof.prove(MerkleMath.reader(leaves), index, head.size()),
                Checkpoint.sign(new Checkpoint(ORIGIN, head), NoteSigner.ed25519(ORIGIN, signer)),
                List.of(),
                Optional.empty());
    }

    @Override
    public void close() {
        server.shutdownNow();
        timer.shutdownNow();
    }
}
