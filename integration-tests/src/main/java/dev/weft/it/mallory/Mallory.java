package dev.weft.it.mallory;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.weft.it.mallory.MalloryStream.Event;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.Invitations;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.statement.IntakeRule;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.statement.SignedEnvelope;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.AggregatorMessage;
import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.Close;
import dev.weft.proto.v1.EnrolmentGrpc;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Hello;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.InvitationToken;
import dev.weft.proto.v1.JoinResponse;
import dev.weft.proto.v1.NodeMessage;
import dev.weft.proto.v1.Progress;
import dev.weft.proto.v1.ProgressState;
import dev.weft.proto.v1.Publication;
import dev.weft.proto.v1.ReceiptProof;
import dev.weft.proto.v1.Receipts;
import dev.weft.proto.v1.Refusal;
import dev.weft.proto.v1.Round;
import dev.weft.proto.v1.Signature;
import dev.weft.proto.v1.Submission;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/** The lying member. One thread. */
public final class Mallory implements AutoCloseable {

    private final MalloryKeys keys;
    private final Invitation invitation;
    private final String origin;
    private final InstantSource clock;
    private final ManagedChannel channel;
    private AuthorState state;
    private final Certificated certificates;
    private Optional<MalloryStream> stream = Optional.empty();
    private ByteString last = ByteString.EMPTY;

    /** What it shows on a connection, and whom it trusts. */
    private record Certificated(List<X509Certificate> chain, X509Certificate ca) {}

    private Mallory(
            MalloryKeys keys,
            Invitation invitation,
            String origin,
            AuthorState state,
            InstantSource clock,
            Certificated certificates) {
        this.keys = keys;
        this.invitation = invitation;
        this.origin = origin;
        this.state = state;
        this.clock = clock;
        this.certificates = certificates;
        this.channel = channel(invitation, keys, certificates.chain(), certificates.ca());
    }

    /** Takes up an invitation in its text form. */
    public static Mallory join(String text, SecureRandom random, InstantSource clock) throws VerificationException {
        InvitationToken token = Invitations.parse(text);
        Invitation invitation = Invitations.read(token);
        MalloryKeys keys = MalloryKeys.generate(random);
        X509Certificate ca = Certificates.fromDer(token.getCaCertificate());
        X509Certificate selfSigned = Certificates.selfSigned(
                keys.tls(),
                "mallory",
                clock.instant().minus(Duration.ofMinutes(1)),
                clock.instant().plus(Duration.ofHours(1)));
        ManagedChannel newcomer = channel(invitation, keys, List.of(selfSigned), ca);
        JoinResponse joined;
        try {
            joined = EnrolmentGrpc.newBlockingStub(newcomer).join(keys.joinRequest(token));
        } finally {
            newcomer.shutdownNow();
        }
        List<X509Certificate> chain = new ArrayList<>();
        for (ByteString der : joined.getCertificateChainList()) {
            chain.add(Certificates.fromDer(der));
        }
        var genesis = EnvelopeOpener.open(joined.getGenesis()).statement();
        var membership = EnvelopeOpener.open(joined.getMembership()).statement();
        String origin = ((dev.weft.proto.v1.Genesis) genesis.predicate().orElseThrow()).getLogOrigin();
        return new Mallory(
                keys, invitation, origin, AuthorState.opened(membership.id()), clock, new Certificated(chain, ca));
    }

    /** Its name. */
    public String name() {
        return invitation.getMember();
    }

    /** Says that a round, which another member registered, ended, and that this model came out of it. */
    public Outcome claimOutput(ByteString round, String modelDigest) throws VerificationException {
        return say(Round.newBuilder()
                .setClose(Close.newBuilder().setRound(round).setOutputModel(model(modelDigest)))
                .build());
    }

    /** Says that it released this model of another's round as a version of its own. */
    public Outcome claimPublication(ByteString round, String modelDigest) throws VerificationException {
        return say(Publication.newBuilder()
                .setRound(round)
                .setModel(model(modelDigest))
                .setVersion("mallory-1.0")
                .build());
    }

    /** Says something harmless: that it started in this round. */
    public Outcome started(ByteString round) throws VerificationException {
        return say(progress(round, ProgressState.STARTED));
    }

    /** Says something else that is harmless: that it takes no part in this round. */
    public Outcome declined(ByteString round) throws VerificationException {
        return say(progress(round, ProgressState.DECLINED));
    }

    /**
     * Signs another statement for the sequence number of its last one, which the log has.
     *
     * @return the refusal
     */
    public Outcome sayOtherwise(ByteString round, AuthorState before) throws VerificationException {
        return submit(sign(progress(round, ProgressState.DECLINED), before));
    }

    /** Says something harmless under a header that is changed before it is signed, with a path of its site's log beside it. */
    public Outcome sayUnder(ByteString round, UnaryOperator<Header.Builder> change, List<ByteString> sitePath)
            throws VerificationException {
        Header header = change.apply(header(state)).build();
        SignedEnvelope signed = sign(progress(round, ProgressState.WAITING), header, keys.statement());
        Outcome outcome = submit(signed, sitePath);
        if (outcome.appended()) {
            state = IntakeRule.after(signed.statement());
        }
        return outcome;
    }

    /** Sends somebody's envelope as it is. */
    public Outcome send(ByteString envelope) throws VerificationException {
        return submit(new SignedEnvelope(EnvelopeOpener.open(envelope).statement(), envelope), List.of());
    }

    /** Its next statement, signed by a key that is not its own any more or never was. */
    public Outcome sayAs(SigningKey key, ByteString round) throws VerificationException {
        return submit(sign(progress(round, ProgressState.WAITING), header(state).build(), key), List.of());
    }

    /** Its last statement in another envelope: the same payload under a signature that is not its own. */
    public ByteString rewrapped() throws VerificationException {
        OpenedEnvelope opened = EnvelopeOpener.open(last);
        SigningKey other = keys.witness();
        return opened.envelope().toBuilder()
                .setSignatures(
                        0,
                        Signature.newBuilder()
                                .setKeyId(other.verifyingKey().id().value())
                                .setSignature(other.sign(opened.pae())))
                .build()
                .toByteString();
    }

    /** Another statement for the place of somebody's, under his name, signed by its own key. */
    public ByteString inTheNameOf(Statement victim) throws VerificationException {
        return sign(
                        progress(ByteString.copyFrom(new byte[32]), ProgressState.DECLINED),
                        victim.header(),
                        keys.statement())
                .bytes();
    }

    /** Its last statement, as it was signed. */
    public ByteString lastEnvelope() {
        return last;
    }

    /** The same member with the same keys, where another aggregator listens. */
    public Mallory at(String address) {
        return new Mallory(
                keys, invitation.toBuilder().setAddresses(0, address).build(), origin, state, clock, certificates);
    }

    /** Where it stands now: keep this before a statement to say another one in its place. */
    public AuthorState state() {
        return state;
    }

    @Override
    public void close() {
        stream.ifPresent(MalloryStream::end);
        channel.shutdownNow();
    }

    private Outcome say(Message predicate) throws VerificationException {
        SignedEnvelope signed = sign(predicate, state);
        Outcome outcome = submit(signed);
        if (outcome.appended()) {
            state = IntakeRule.after(signed.statement());
        }
        return outcome;
    }

    private SignedEnvelope sign(Message predicate, AuthorState at) throws VerificationException {
        return sign(predicate, header(at).build(), keys.statement());
    }

    private Header.Builder header(AuthorState at) {
        Header.Builder header = Header.newBuilder()
                .setFederation(invitation.getFederation())
                .setAudience(origin)
                .setAuthor(name())
                .setIncarnation(at.incarnation())
                .setSeq(at.nextSeq())
                .setPrev(at.prev().toByteString())
                .setRecordedAt(WireTime.print(clock.instant()));
        if (!at.siteHead().isEmpty()) {
            header.setSiteHead(at.siteHead().toProto());
        }
        return header;
    }

    private static SignedEnvelope sign(Message predicate, Header header, SigningKey key) throws VerificationException {
        FieldDescriptor field = predicate.getDescriptorForType().findFieldByName("header");
        return EnvelopeSigner.sign(predicate.toBuilder().setField(field, header).build(), List.of(key));
    }

    private Outcome submit(SignedEnvelope signed) {
        return submit(signed, List.of());
    }

    private Outcome submit(SignedEnvelope signed, List<ByteString> sitePath) {
        last = signed.bytes();
        long seq = signed.statement().header().getSeq();
        String id = signed.statement().id().hex();
        MalloryStream open = stream();
        open.send(NodeMessage.newBuilder()
                .setSubmission(Submission.newBuilder()
                        .setEnvelope(signed.bytes())
                        .setSeq(seq)
                        .addAllSiteProof(sitePath))
                .build());
        while (true) {
            Event event = open.next();
            Optional<Outcome> outcome = outcome(event, id, seq);
            if (outcome.isPresent()) {
                return outcome.get();
            }
        }
    }

    private Optional<Outcome> outcome(Event event, String id, long seq) {
        AggregatorMessage message = event.message();
        switch (message.getMessageCase()) {
            case RECEIPTS -> {
                return index(message.getReceipts(), seq).stream()
                        .mapToObj(index -> new Outcome(id, OptionalLong.of(index), "", ""))
                        .findFirst();
            }
            case REFUSAL -> {
                Refusal refusal = message.getRefusal();
                return refusal.getSeq() != seq
                        ? Optional.empty()
                        : Optional.of(new Outcome(id, OptionalLong.empty(), refusal.getReason(), refusal.getMessage()));
            }
            case GOODBYE -> {
                stream = Optional.empty();
                return Optional.of(new Outcome(
                        id,
                        OptionalLong.empty(),
                        message.getGoodbye().getReason(),
                        message.getGoodbye().getMessage()));
            }
            case MESSAGE_NOT_SET -> {
                stream = Optional.empty();
                return Optional.of(new Outcome(
                        id,
                        OptionalLong.empty(),
                        "stream-ended",
                        String.valueOf(event.end().getDescription())));
            }
            default -> {
                return Optional.empty();
            }
        }
    }

    private static OptionalLong index(Receipts receipts, long seq) {
        return receipts.getReceiptsList().stream()
                .filter(receipt -> receipt.getSeq() == seq)
                .mapToLong(ReceiptProof::getIndex)
                .findFirst();
    }

    private MalloryStream stream() {
        if (stream.isEmpty()) {
            MalloryStream opened = MalloryStream.open(channel);
            opened.send(NodeMessage.newBuilder()
                    .setHello(Hello.newBuilder()
                            .addProtocolVersions(1)
                            .setFederation(invitation.getFederation())
                            .setNextSeq(state.nextSeq())
                            .setSoftware("mallory"))
                    .build());
            stream = Optional.of(opened);
        }
        return stream.get();
    }

    private Progress progress(ByteString round, ProgressState progress) {
        return Progress.newBuilder().setRound(round).setState(progress).build();
    }

    private static ArtifactRef model(String digest) {
        return ArtifactRef.newBuilder()
                .setKind(ArtifactKind.MODEL)
                .setDigest(digest)
                .build();
    }

    private static ManagedChannel channel(
            Invitation invitation, MalloryKeys keys, List<X509Certificate> chain, X509Certificate ca) {
        try {
            ChannelCredentials credentials = TlsChannelCredentials.newBuilder()
                    .keyManager(
                            stream(Certificates.toPem(chain)), stream(keys.tls().toPem()))
                    .trustManager(stream(Certificates.toPem(List.of(ca))))
                    .build();
            return Grpc.newChannelBuilder(invitation.getAddresses(0), credentials)
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream stream(String pem) {
        return new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8));
    }
}
