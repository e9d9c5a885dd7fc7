package dev.weft.it.load;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.bundle.BundleRequest;
import dev.weft.proto.bundle.BundleVerdict;
import dev.weft.proto.bundle.BundleVerifier;
import dev.weft.proto.bundle.BundleWriter;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.identity.Invitations;
import dev.weft.proto.identity.JoinMessage;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.identity.TlsKey;
import dev.weft.proto.merkle.Frontier;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.NoteSigner;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Close;
import dev.weft.proto.v1.ClosePart;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.MemberKeys;
import dev.weft.proto.v1.Membership;
import dev.weft.proto.v1.Open;
import dev.weft.proto.v1.Possession;
import dev.weft.proto.v1.Received;
import dev.weft.proto.v1.Register;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Round;
import dev.weft.proto.v1.TrainingProtocol;
import dev.weft.proto.v1.Verdict;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What it costs to check a large audit bundle: a whole federation in memory, every statement signed, one file. */
public final class Auditing {
    private static final String ORIGIN = "bench/log/1";
    private static final String TIME = WireTime.print(Instant.EPOCH);
    private static final int PART = 64;
    private static final int PROBE = 2_000;

    private final List<ByteString> log = new ArrayList<>();
    private final Frontier tree = Frontier.empty();
    private final SigningKey root = key("root");
    private final List<String> sites = new ArrayList<>();
    private final Standing standing;
    private String lastModel = Specimen.model("global 1");
    private Optional<Digest> lastRound = Optional.empty();

    /**
     * What checking cost, with what the JVM compiled and collected meanwhile.
     *
     * @param seconds of the wall, on all cores
     * @param processorMicros of each statement, apart from its signature
     * @param signatureMicros of each statement's signature, processor time too
     */
    public record Cost(long statements, long bytes, double seconds, double processorMicros, double signatureMicros) {}

    /** A federation of so many sites, each of which contributes to each of so many rounds. */
    public Auditing(int members, int rounds) throws VerificationException {
        Genesis genesis = Genesis.newBuilder()
                .setHeader(Header.newBuilder()
                        .setAudience(ORIGIN)
                        .setAuthor("root")
                        .setRecordedAt(TIME))
                .setName("bench")
                .setNonce(Specimen.hash("nonce").toByteString())
                .addRootKeys(root.verifyingKey().toProto())
                .setRootThreshold(1)
                .setLogOrigin(ORIGIN)
                .addLogKeys(key("log").verifyingKey().toProto())
                .setAggregatorKey(key("aggregator").verifyingKey().toProto())
                .setCaDigest(Specimen.hash("ca").toByteString())
                .setProtocolVersion(1)
                .addRequiredSignatures(KeyAlgorithm.ED25519)
                .setLimits(EnvelopeOpener.LIMITS)
                .build();
        ByteString first = EnvelopeSigner.sign(genesis, List.of(root)).bytes();
        standing = Standing.of(EnvelopeOpener.open(first));
        keep(first);
        admit("coordinator", Role.COORDINATOR);
        for (int i = 0; i < members; i++) {
            sites.add(String.format("site%04d", i));
            admit(sites.get(i), Role.SITE);
        }
        for (int i = 1; i <= rounds; i++) {
            round(i);
        }
    }

    private static SigningKey key(String of) {
        return SigningKey.fromSeed(Specimen.hash("key of " + of).toByteString());
    }

    private void keep(ByteString envelope) {
        log.add(envelope);
        tree.append(MerkleMath.leafHash(envelope));
    }

    private Digest say(String author, Message body) throws VerificationException {
        AuthorState state = standing.author(new MemberName(author));
        Header header = Header.newBuilder()
                .setFederation(standing.federation().toByteString())
                .setAudience(ORIGIN)
                .setAuthor(author)
                .setSeq(state.nextSeq())
                .setPrev(state.prev().toByteString())
                .setRecordedAt(TIME)
                .build();
        Message whole = body.toBuilder()
                .setField(body.getDescriptorForType().findFieldByNumber(1), header)
                .build();
        OpenedEnvelope opened = EnvelopeOpener.open(
                EnvelopeSigner.sign(whole, List.of(key(author))).bytes());
        standing.apply(log.size(), opened);
        keep(opened.bytes());
        return opened.statement().id();
    }

    private void admit(String name, Role role) throws VerificationException {
        SecureRandom random = new SecureRandom();
        Digest federation = standing.federation();
        SigningKey once = key("invitation of " + name);
        Invitation invitation = Invitation.newBuilder()
                .setFederation(federation.toByteString())
                .setFederationName("bench")
                .setMember(name)
                .setRole(role)
                .setExpires(TIME)
                .setOneTimeKey(once.verifyingKey().toProto())
                .addAddresses("127.0.0.1:7443")
                .setCaDigest(Specimen.hash("ca").toByteString())
                .setNonce(Specimen.hash(name).toByteString().substring(0, 16))
                .build();
        TlsKey tls = TlsKey.generate(random);
        SigningKey witness = key("witness " + name);
        SigningKey recovery = key("recovery " + name);
        MemberKeys keys = MemberKeys.newBuilder()
                .setStatement(key(name).verifyingKey().toProto())
                .setWitness(witness.verifyingKey().toProto())
                .setTls(tls.toProto())
                .setHpke(HpkeKey.generate(random).toProto())
                .setRecovery(recovery.verifyingKey().toProto())
                .build();
        MemberName member = new MemberName(name);
        Membership.Builder membership =
                Membership.newBuilder().setInvitation(Invitations.sign(invitation, List.of(root)));
        membership
                .setKeys(keys)
                .setOneTimeSignature(
                        once.sign(JoinMessage.join(federation, Invitations.id(membership.getInvitation()), keys)))
                .addPossessions(proof(member, key(name)))
                .addPossessions(proof(member, witness))
                .addPossessions(Possession.newBuilder()
                        .setKey(tls.toProto())
                        .setSignature(tls.sign(JoinMessage.possession(federation, member, tls.toProto()))))
                .addPossessions(proof(member, recovery));
        say("aggregator", membership.build());
    }

    private Possession proof(MemberName member, SigningKey proved) {
        return Possession.newBuilder()
                .setKey(proved.verifyingKey().toProto())
                .setSignature(proved.sign(JoinMessage.possession(
                        standing.federation(), member, proved.verifyingKey().toProto())))
                .build();
    }

    private void round(int number) throws VerificationException {
        Register.Builder register = Register.newBuilder()
                .setTrainingLine("load")
                .setNumber(number)
                .setProtocol(TrainingProtocol.newBuilder().setAggregation("fedavg"))
                .setInputModel(Specimen.publicModel(lastModel));
        lastRound.ifPresent(before -> register.setPredecessor(before.toByteString()));
        Digest round =
                say("coordinator", Round.newBuilder().setRegister(register).build());
        say(
                "coordinator",
                Round.newBuilder()
                        .setOpen(
                                Open.newBuilder().setRound(round.toByteString()).addAllExpected(sites))
                        .build());
        Close.Builder close = Close.newBuilder().setRound(round.toByteString());
        for (int from = 0; from < sites.size(); from += PART) {
            ClosePart.Builder part =
                    ClosePart.newBuilder().setRound(round.toByteString()).setPart(from / PART);
            for (String site : sites.subList(from, Math.min(from + PART, sites.size()))) {
                var contribution = Specimen.contribution(site, number, round, lastModel);
                say(site, contribution.build());
                part.addReceived(Received.newBuilder()
                        .setMember(site)
                        .setWireDigest(contribution.getWireDigest())
                        .setArrival(from + part.getReceivedCount())
                        .setVerdict(Verdict.ACCEPTED));
            }
            close.addParts(
                    say("coordinator", Round.newBuilder().setClosePart(part).build())
                            .toByteString());
        }
        lastModel = Specimen.model("global " + (number + 1));
        say(
                "coordinator",
                Round.newBuilder()
                        .setClose(close.setOutputModel(Specimen.publicModel(lastModel)))
                        .build());
        lastRound = Optional.of(round);
    }

    /** Writes the bundle of the last model to a file, which holds every entry of the log; returns how many. */
    public int write(Path file) throws IOException, VerificationException {
        ByteString note = Checkpoint.sign(new Checkpoint(ORIGIN, tree.head()), NoteSigner.ed25519(ORIGIN, key("log")));
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            new BundleWriter(
                            (first, count) -> log.subList((int) first, (int) Math.min(log.size(), first + count)), note)
                    .write(BundleRequest.model(lastModel), Optional.empty(), out);
        }
        return log.size();
    }

    /** Checks a bundle of so many entries: nothing of who made it is in memory any more, or it would be collected too. */
    public static Cost check(Path file, int entries) throws IOException, VerificationException {
        double signature = signatureMicros();
        double before =
                ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e3;
        long start = System.nanoTime();
        BundleVerdict verdict;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            verdict = BundleVerifier.withoutPolicy().verify(in);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        double spent =
                ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e3 - before;
        if (!verdict.holds() || verdict.about().orElseThrow().entries() != entries) {
            throw new IllegalStateException("the bundle does not hold: " + verdict.detail());
        }
        return new Cost(entries, Files.size(file), seconds, spent / entries - signature, signature);
    }

    private static double signatureMicros() throws VerificationException {
        SigningKey signer = key("probe");
        byte[] message = new byte[1_700];
        ByteString signature = signer.sign(message);
        for (int i = 0; i < PROBE; i++) {
            signer.verifyingKey().verify(message, signature);
        }
        ThreadMXBean thread = ManagementFactory.getThreadMXBean();
        long start = thread.getCurrentThreadCpuTime();
        for (int i = 0; i < PROBE; i++) {
            signer.verifyingKey().verify(message, signature);
        }
        return (thread.getCurrentThreadCpuTime() - start) / 1e3 / PROBE;
    }
}
