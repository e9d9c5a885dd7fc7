package dev.weft.proto.bundle;

import static dev.weft.proto.TestFederation.hash;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.proto.TestFederation;
import dev.weft.proto.TestFederation.Author;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Cosignature;
import dev.weft.proto.note.Note;
import dev.weft.proto.note.NoteSignature;
import dev.weft.proto.note.NoteSigner;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.Close;
import dev.weft.proto.v1.ClosePart;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.Evaluation;
import dev.weft.proto.v1.Open;
import dev.weft.proto.v1.Policy;
import dev.weft.proto.v1.Received;
import dev.weft.proto.v1.Register;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Round;
import dev.weft.proto.v1.Run;
import dev.weft.proto.v1.RunKind;
import dev.weft.proto.v1.TrainingProtocol;
import dev.weft.proto.v1.Verdict;
import dev.weft.proto.v1.Witness;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A federation of a coordinator and two hospitals that trained, its log, and bundles of it. */
final class Trained {
    static final SigningKey LOG = TestFederation.signingKey("log");

    final TestFederation federation = new TestFederation();
    final Author coordinator = federation.join("coordinator", Role.COORDINATOR);
    final Author a = federation.join("hospital-a", Role.SITE);
    final Author b = federation.join("hospital-b", Role.SITE);

    Trained() throws VerificationException {}

    static ArtifactRef model(String name) {
        return ArtifactRef.newBuilder()
                .setKind(ArtifactKind.MODEL)
                .setDigest(digest(name))
                .build();
    }

    static String digest(String model) {
        return ContentDigest.model(Digest.of(hash(model))).toString();
    }

    private static ArtifactRef secret(ArtifactKind kind, String name) {
        return ArtifactRef.newBuilder().setKind(kind).setCommitment(hash(name)).build();
    }

    Digest say(Author author, Message body) throws VerificationException {
        return author.say(body).statement().id();
    }

    Digest register(String line, int number, Optional<Digest> before, String input) throws VerificationException {
        Register.Builder register = Register.newBuilder()
                .setTrainingLine(line)
                .setNumber(number)
                .setProtocol(TrainingProtocol.newBuilder().setAggregation("fedavg"))
                .setInputModel(model(input));
        before.ifPresent(id -> register.setPredecessor(id.toByteString()));
        return say(coordinator, Round.newBuilder().setRegister(register).build());
    }

    void open(Digest round, Author... sites) throws VerificationException {
        Open.Builder open = Open.newBuilder().setRound(round.toByteString());
        Stream.of(sites).map(site -> site.name().value()).sorted().forEach(open::addExpected);
        say(coordinator, Round.newBuilder().setOpen(open).build());
    }

    void contribute(Author site, Digest round, String line, int number, String input) throws VerificationException {
        Run run = Run.newBuilder()
                .setId(secret(ArtifactKind.RUN, site.name() + line + number))
                .setKind(RunKind.TRAIN)
                .addInputs(secret(ArtifactKind.DATASET, site.name() + " dataset"))
                .build();
        say(
                site,
                Contribution.newBuilder()
                        .setRound(round.toByteString())
                        .setInputModel(model(input))
                        .setWireDigest(wire(site, line, number))
                        .addRuns(run)
                        .build());
    }

    private static String wire(Author site, String line, int number) {
        return "sha256:" + Digest.of(hash(site.name() + line + number)).hex();
    }

    void close(Digest round, String line, int number, String output, Author... sites) throws VerificationException {
        ClosePart.Builder part = ClosePart.newBuilder().setRound(round.toByteString());
        for (int i = 0; i < sites.length; i++) {
            part.addReceived(Received.newBuilder()
                    .setMember(sites[i].name().value())
                    .setWireDigest(wire(sites[i], line, number))
                    .setArrival(i)
                    .setVerdict(Verdict.ACCEPTED));
        }
        Digest id = say(coordinator, Round.newBuilder().setClosePart(part).build());
        say(
                coordinator,
                Round.newBuilder()
                        .setClose(Close.newBuilder()
                                .setRound(round.toByteString())
                                .addParts(id.toByteString())
                                .setOutputModel(model(output)))
                        .build());
    }

    /** A round in which both hospitals are expected, contribute and are accepted. */
    Digest round(String line, int number, Optional<Digest> before, String input, String output)
            throws VerificationException {
        Digest round = register(line, number, before, input);
        open(round, a, b);
        contribute(a, round, line, number, input);
        contribute(b, round, line, number, input);
        close(round, line, number, output, a, b);
        return round;
    }

    /** Something that a hospital says beside any round. */
    void evaluate(Author site, String model) throws VerificationException {
        say(site, Evaluation.newBuilder().setModel(model(model)).build());
    }

    LogEntries entries() {
        return (first, count) -> federation.log().stream()
                .skip(first)
                .limit(count)
                .map(OpenedEnvelope::bytes)
                .toList();
    }

    ByteString note() {
        return note(TestFederation.ORIGIN, LOG);
    }

    ByteString note(String origin, SigningKey key) {
        TreeHead head = MerkleMath.head(federation.log().stream()
                .map(entry -> MerkleMath.leafHash(entry.bytes()))
                .toList());
        return Checkpoint.sign(new Checkpoint(origin, head), NoteSigner.ed25519(origin, key));
    }

    /** The note, cosigned by witnesses of these names at these seconds after 1970. */
    static ByteString cosigned(ByteString note, String... witnesses) throws VerificationException {
        Note parsed = Note.parse(note);
        Checkpoint checkpoint = Checkpoint.parse(parsed.text());
        List<NoteSignature> lines = Stream.of(witnesses)
                .map(name -> Cosignature.sign(
                                checkpoint, name, TestFederation.signingKey(name), Instant.ofEpochSecond(1_800_000_000))
                        .line())
                .toList();
        return parsed.with(lines).encode();
    }

    /** Root's policy that names these witnesses, each of an organisation of its own. */
    void witnessedBy(String... witnesses) throws VerificationException {
        Policy.Builder policy = Policy.newBuilder().setK(witnesses.length);
        for (String name : witnesses) {
            policy.addWitnesses(Witness.newBuilder()
                    .setName(name)
                    .setOrganisation("organisation of " + name)
                    .setKey(TestFederation.signingKey(name).verifyingKey().toProto()));
        }
        say(federation.root(), policy.build());
    }

    /** The note with a byte of this witness's signature changed. */
    static ByteString forgedLine(ByteString note, String witness) throws VerificationException {
        Note parsed = Note.parse(note);
        List<NoteSignature> lines = new ArrayList<>();
        for (NoteSignature line : parsed.signatures()) {
            byte[] payload = line.payload().toByteArray();
            payload[payload.length - 1] ^= (byte) (line.name().equals(witness) ? 1 : 0);
            lines.add(new NoteSignature(line.name(), line.keyId(), ByteString.copyFrom(payload)));
        }
        return new Note(parsed.text(), lines).encode();
    }

    static String vkey() {
        return NoteVerifier.ed25519(TestFederation.ORIGIN, LOG.verifyingKey()).vkey();
    }

    static String witness(String name) {
        return "witness " + name + " "
                + NoteVerifier.cosigner(name, TestFederation.signingKey(name).verifyingKey())
                        .vkey();
    }

    byte[] bundle(BundleRequest request) throws VerificationException, IOException {
        return bundle(request, note(), Optional.empty());
    }

    byte[] bundle(BundleRequest request, ByteString note, Optional<ByteString> policy)
            throws VerificationException, IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new BundleWriter(entries(), note).write(request, policy, out);
        return out.toByteArray();
    }

    static BundleVerdict verify(byte[] bundle) throws IOException {
        return BundleVerifier.withoutPolicy().verify(new ByteArrayInputStream(bundle));
    }

    static BundleVerdict verify(byte[] bundle, String policy) throws IOException, VerificationException {
        return BundleVerifier.withPolicy(ByteString.copyFromUtf8(policy)).verify(new ByteArrayInputStream(bundle));
    }
}
