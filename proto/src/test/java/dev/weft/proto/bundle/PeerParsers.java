package dev.weft.proto.bundle;

import com.google.protobuf.ByteString;
import dev.weft.proto.TestFederation;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.disclosure.DisclosureLetters;
import dev.weft.proto.identity.CertificateAuthority;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.identity.Invitations;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TilePath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Cosignature;
import dev.weft.proto.note.Note;
import dev.weft.proto.note.NoteSignature;
import dev.weft.proto.note.NoteSigner;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.note.TlogPolicy;
import dev.weft.proto.note.WitnessRequest;
import dev.weft.proto.statement.CanonicalJson;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.LinkMessages;
import dev.weft.proto.statement.Sealed;
import dev.weft.proto.v1.DisclosedField;
import dev.weft.proto.v1.DisclosedFields;
import dev.weft.proto.v1.DisclosedRecord;
import dev.weft.proto.v1.DisclosureLetter;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.InvitationToken;
import dev.weft.proto.v1.LinkGiven;
import dev.weft.proto.v1.LinkMessage;
import dev.weft.proto.v1.LogFork;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.SealedKind;
import dev.weft.proto.v1.SealedMessage;
import dev.weft.proto.v1.Words;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Every parser of this module that reads what a peer or a stranger wrote, and an example for each. Any bytes give a value
 * or a {@link VerificationException}. The profile {@code fuzz} hands this class to Jazzer; its first byte picks the parser.
 */
public final class PeerParsers {
    /** Reads bytes from outside. */
    interface Parser {
        void read(ByteString bytes) throws VerificationException, IOException;
    }

    /** A parser with what it should accept. */
    record Named(String name, Parser parser, List<ByteString> examples) {}

    private static final List<Named> ALL = all();

    private PeerParsers() {}

    /** What Jazzer calls first: the examples are made here, and not on the first input's time. */
    public static void fuzzerInitialize() {
        if (ALL.isEmpty()) {
            throw new IllegalStateException("nothing to search");
        }
    }

    /** What Jazzer calls with each input. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        if (input.length > 0) {
            Named picked = ALL.get((input[0] & 0xff) % ALL.size());
            try {
                picked.parser().read(ByteString.copyFrom(input, 1, input.length - 1));
            } catch (VerificationException refused) {
                // The other of the two answers that are right.
            }
        }
    }

    /** Writes the examples as Jazzer's first corpus into a directory. */
    public static void main(String... arguments) throws IOException {
        Path corpus = Files.createDirectories(Path.of(arguments[0]));
        for (int i = 0; i < ALL.size(); i++) {
            for (int j = 0; j < ALL.get(i).examples().size(); j++) {
                ByteString seed = ByteString.copyFrom(new byte[] {(byte) i})
                        .concat(ALL.get(i).examples().get(j));
                Files.write(corpus.resolve(ALL.get(i).name() + "-" + j), seed.toByteArray());
            }
        }
    }

    static List<Named> parsers() {
        return ALL;
    }

    private static List<Named> all() {
        try {
            Trained trained = new Trained();
            List<Named> all = new ArrayList<>();
            statements(trained, all);
            notes(trained, all);
            files(trained, all);
            identities(all);
            small(all);
            sealed(all);
            return List.copyOf(all);
        } catch (VerificationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void statements(Trained trained, List<Named> all) throws VerificationException {
        trained.round("line", 1, Optional.empty(), "in", "out");
        List<ByteString> envelopes = trained.entries().entries(0, 100);
        List<ByteString> payloads = new ArrayList<>();
        for (ByteString envelope : envelopes) {
            payloads.add(EnvelopeOpener.open(envelope).envelope().getPayload());
        }
        all.add(new Named("envelope", bytes -> EnvelopeOpener.open(bytes), envelopes));
        all.add(new Named("payload", bytes -> CanonicalJson.parse(bytes), payloads));
    }

    private static void notes(Trained trained, List<Named> all) throws VerificationException {
        ByteString note = Trained.cosigned(trained.note(), "anna", "bert");
        String text = Note.parse(note).text();
        List<ByteString> lines = List.of(ByteString.copyFromUtf8(Note.parse(note).signatures().stream()
                .skip(1) // the log's own
                .map(NoteSignature::line)
                .collect(Collectors.joining())));
        ByteString request = ByteString.copyFromUtf8("old 0\n\n").concat(note);
        all.add(new Named("note", bytes -> Note.parse(bytes), List.of(note)));
        all.add(new Named(
                "checkpoint", bytes -> Checkpoint.parse(bytes.toStringUtf8()), List.of(ByteString.copyFromUtf8(text))));
        all.add(new Named("cosignatures", bytes -> Cosignature.parse(bytes), lines));
        all.add(new Named("add-checkpoint", bytes -> WitnessRequest.parse(bytes), List.of(request)));
        all.add(new Named(
                "vkey",
                bytes -> NoteVerifier.parse(bytes.toStringUtf8()),
                List.of(ByteString.copyFromUtf8(Trained.vkey()))));
        all.add(new Named(
                "tlog-policy",
                TlogPolicy::parse,
                List.of(ByteString.copyFromUtf8("log " + Trained.vkey() + "\n" + Trained.witness("anna") + "\n"
                        + Trained.witness("bert") + "\ngroup both all anna bert\nquorum both\n"))));
    }

    private static void files(Trained trained, List<Named> all) throws VerificationException, IOException {
        byte[] bundle = trained.bundle(BundleRequest.model(Trained.digest("out")));
        all.add(new Named(
                "bundle",
                bytes -> BundleVerifier.withoutPolicy().verify(new ByteArrayInputStream(bytes.toByteArray())),
                List.of(ByteString.copyFrom(bundle))));
        TreeHead other =
                new TreeHead(trained.federation.log().size(), MerkleMath.leafHash(ByteString.copyFromUtf8("another")));
        ByteString contradiction = Checkpoint.sign(
                new Checkpoint(TestFederation.ORIGIN, other), NoteSigner.ed25519(TestFederation.ORIGIN, Trained.LOG));
        ForkProof fork = ForkProofWriter.log(
                trained.entries().entries(0, 1).get(0),
                LogFork.newBuilder()
                        .setSmaller(trained.note())
                        .setLarger(contradiction)
                        .build());
        all.add(new Named("fork-proof", bytes -> ForkProof.parse(bytes).verify(), List.of(fork.encode())));
    }

    private static void identities(List<Named> all) throws VerificationException {
        SecureRandom random = new SecureRandom();
        CertificateAuthority ca = CertificateAuthority.create(
                "demo", random, InstantSource.fixed(Instant.parse("2026-11-21T08:00:00Z")), Duration.ofDays(1));
        Invitation invitation = Invitation.newBuilder()
                .setFederation(TestFederation.hash("federation"))
                .setFederationName("demo")
                .setMember("hospital-a")
                .setRole(Role.SITE)
                .setExpires("2026-11-28T08:00:00.000Z")
                .addAddresses("127.0.0.1:7443")
                .build();
        InvitationToken token =
                Invitations.issue(invitation, List.of(TestFederation.signingKey("root")), ca.certificate(), random);
        all.add(new Named(
                "invitation",
                bytes -> Invitations.read(Invitations.parse(bytes.toStringUtf8())),
                List.of(ByteString.copyFromUtf8(Invitations.toText(token)))));
        all.add(new Named(
                "certificate", bytes -> Certificates.fromDer(bytes), List.of(Certificates.toDer(ca.certificate()))));
        all.add(new Named("certificate-request", bytes -> Certificates.requestKey(bytes), List.of()));
    }

    private static void small(List<Named> all) {
        all.add(text("tile-path", value -> TilePath.parse(value), "tile/entries/x001/067.p/8", "tile/0/000"));
        all.add(text("time", value -> WireTime.parse(value), "2026-11-21T08:00:00.000Z"));
        all.add(text("member", value -> MemberName.parse(value), "hospital-a"));
        LinkMessage given = LinkMessage.newBuilder()
                .setEpoch(1)
                .setGiven(LinkGiven.newBuilder().setKey(TestFederation.hash("key")))
                .setSignature(ByteString.copyFrom(new byte[64]))
                .build();
        all.add(new Named("link-message", bytes -> LinkMessages.parse(bytes), List.of(given.toByteString())));
        all.add(text("digest", value -> ContentDigest.parse(value), "git-sha1:" + "a1".repeat(20)));
    }

    /** What members send each other through the aggregator, before and after it was opened. */
    private static void sealed(List<Named> all) throws VerificationException {
        Words words = Words.newBuilder()
                .setSalt(TestFederation.hash("salt"))
                .setText("because of the audit")
                .build();
        DisclosureLetter letter = DisclosureLetter.newBuilder()
                .setRequest(TestFederation.hash("request"))
                .setOpened(DisclosedFields.newBuilder()
                        .addRecords(DisclosedRecord.newBuilder()
                                .setIndex(3)
                                .setLog2Fields(1)
                                .setRoot(TestFederation.hash("root"))
                                .addPath(TestFederation.hash("sibling"))
                                .addFields(DisclosedField.newBuilder()
                                        .addPath(TestFederation.hash("sibling"))
                                        .setCommitment(TestFederation.hash("commitment"))
                                        .setName("rows")
                                        .setSalt(TestFederation.hash("salt"))
                                        .setValue(ByteString.copyFromUtf8("\u00023")))))
                .build();
        HpkeKey reader = HpkeKey.fromPrivate(TestFederation.hash("reader"));
        ByteString info = ByteString.copyFromUtf8("info");
        ByteString ciphertext = HpkeKey.seal(reader.toProto(), info, letter.toByteString(), new SecureRandom());
        all.add(new Named(
                "disclosure-letter",
                bytes -> DisclosureLetters.parse(bytes),
                List.of(
                        letter.toByteString(),
                        letter.toBuilder().setWords(words).build().toByteString())));
        all.add(new Named("ciphertext", bytes -> reader.open(info, bytes), List.of(ciphertext)));
        all.add(new Named(
                "sealed-message",
                bytes -> Sealed.check(SealedMessage.newBuilder()
                        .setTo("auditor")
                        .setKind(SealedKind.DISCLOSURE)
                        .setAbout(TestFederation.hash("request"))
                        .setSealed(bytes)
                        .build()),
                List.of(ciphertext)));
    }

    /** Reads a text. */
    private interface TextParser {
        void read(String text) throws VerificationException;
    }

    private static Named text(String name, TextParser parser, String... examples) {
        return new Named(
                name,
                bytes -> parser.read(bytes.toStringUtf8()),
                List.of(examples).stream().map(ByteString::copyFromUtf8).toList());
    }
}
