package dev.weft.proto.statement;

import static dev.weft.proto.TestFederation.hash;
import static dev.weft.proto.TestFederation.signingKey;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.proto.TestFederation;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.v1.Alias;
import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.Close;
import dev.weft.proto.v1.ClosePart;
import dev.weft.proto.v1.CommittedField;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.Disclosure;
import dev.weft.proto.v1.DisclosureDecision;
import dev.weft.proto.v1.DisclosureRequest;
import dev.weft.proto.v1.Evaluation;
import dev.weft.proto.v1.Evidence;
import dev.weft.proto.v1.Head;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.LinkKey;
import dev.weft.proto.v1.MemberKeys;
import dev.weft.proto.v1.Membership;
import dev.weft.proto.v1.Notice;
import dev.weft.proto.v1.Open;
import dev.weft.proto.v1.Policy;
import dev.weft.proto.v1.PrivacyTechnique;
import dev.weft.proto.v1.Progress;
import dev.weft.proto.v1.ProgressState;
import dev.weft.proto.v1.PublicKey;
import dev.weft.proto.v1.Publication;
import dev.weft.proto.v1.Received;
import dev.weft.proto.v1.Register;
import dev.weft.proto.v1.Resume;
import dev.weft.proto.v1.Revocation;
import dev.weft.proto.v1.RevocationReason;
import dev.weft.proto.v1.Revoke;
import dev.weft.proto.v1.Rollover;
import dev.weft.proto.v1.Rotate;
import dev.weft.proto.v1.Round;
import dev.weft.proto.v1.Run;
import dev.weft.proto.v1.RunKind;
import dev.weft.proto.v1.Signature;
import dev.weft.proto.v1.SignedInvitation;
import dev.weft.proto.v1.Suspend;
import dev.weft.proto.v1.TrainingProtocol;
import dev.weft.proto.v1.Verdict;
import dev.weft.proto.v1.Witness;
import dev.weft.proto.v1.WrappedKey;
import java.util.List;

/** One well-formed statement of every predicate and step; the same bytes in every run. */
final class Examples {
    static final SigningKey SIGNER = signingKey("hospital-a");

    private Examples() {}

    static Header header(String author) {
        Header.Builder header = Header.newBuilder()
                .setFederation(hash("federation"))
                .setAudience(TestFederation.ORIGIN)
                .setAuthor(author)
                .setSeq(7)
                .setPrev(hash("prev"))
                .setSeen(head(40, "seen"))
                .setRecordedAt("2026-11-21T08:00:00.000Z");
        if (!author.equals("root") && !author.equals("aggregator")) {
            header.setSiteHead(head(12, "site"));
        }
        return header.build();
    }

    static Head head(long size, String root) {
        return Head.newBuilder().setSize(size).setRoot(hash(root)).build();
    }

    static String model(String name) {
        return ContentDigest.model(Digest.of(hash(name))).toString();
    }

    static ArtifactRef modelRef(String name) {
        return ArtifactRef.newBuilder()
                .setKind(ArtifactKind.MODEL)
                .setDigest(model(name))
                .build();
    }

    static ArtifactRef committed(ArtifactKind kind, String name) {
        return ArtifactRef.newBuilder().setKind(kind).setCommitment(hash(name)).build();
    }

    static CommittedField field(String name) {
        return CommittedField.newBuilder()
                .setName(name)
                .setCommitment(hash(name))
                .build();
    }

    static Contribution contribution() {
        Run train = Run.newBuilder()
                .setId(committed(ArtifactKind.RUN, "train"))
                .setKind(RunKind.TRAIN)
                .addInputs(committed(ArtifactKind.DATASET, "prepared"))
                .addInputs(modelRef("global-0"))
                .addCode(ArtifactRef.newBuilder()
                        .setKind(ArtifactKind.CODE)
                        .setDigest("git-sha1:0123456789abcdef0123456789abcdef01234567"))
                .addEnvironment(ArtifactRef.newBuilder()
                        .setKind(ArtifactKind.ENVIRONMENT)
                        .setLinkable(hash("environment")))
                .addParameters(field("parameter.learning_rate"))
                .build();
        return Contribution.newBuilder()
                .setHeader(header("hospital-a"))
                .setRound(hash("round"))
                .setInputModel(modelRef("global-0").toBuilder().setFrom(hash("round")))
                .setWireDigest(model("update-a"))
                .setUpdate(hash("plaintext"))
                .addRuns(train)
                .addPrivacy(PrivacyTechnique.newBuilder().setName("dp-gaussian").addParameters(field("privacy.sigma")))
                .addSummaries(field("metric.accuracy"))
                .build();
    }

    static List<Message> all() {
        return List.of(
                TestFederation.genesis(),
                membership(),
                change(Key.newBuilder().setRotate(Rotate.newBuilder().setKeys(statementKey())), "hospital-a"),
                rollover(),
                change(Key.newBuilder().setRevoke(Revoke.newBuilder().setMember("hospital-a")), "root"),
                change(Key.newBuilder().setSuspend(Suspend.newBuilder().setMember("hospital-a")), "aggregator"),
                change(Key.newBuilder().setResume(Resume.newBuilder().setMember("hospital-a")), "aggregator"),
                policy(),
                round(Round.newBuilder().setRegister(register())),
                round(Round.newBuilder().setOpen(open())),
                round(Round.newBuilder().setClosePart(closePart())),
                round(Round.newBuilder().setClose(close())),
                Progress.newBuilder()
                        .setHeader(header("hospital-a"))
                        .setRound(hash("round"))
                        .setState(ProgressState.WAITING)
                        .build(),
                contribution(),
                Evaluation.newBuilder()
                        .setHeader(header("hospital-a"))
                        .setRound(hash("round"))
                        .setModel(modelRef("global-1"))
                        .addSummaries(field("metric.accuracy"))
                        .build(),
                Publication.newBuilder()
                        .setHeader(header("coordinator"))
                        .setRound(hash("round"))
                        .setModel(modelRef("global-1"))
                        .setVersion("v1.0")
                        .build(),
                Alias.newBuilder()
                        .setHeader(header("hospital-a"))
                        .setOld(committed(ArtifactKind.DATASET, "old"))
                        .setNew(committed(ArtifactKind.DATASET, "new"))
                        .build(),
                linkKey(),
                Revocation.newBuilder()
                        .setHeader(header("hospital-a"))
                        .setArtifact(committed(ArtifactKind.DATASET, "dataset"))
                        .setReason(RevocationReason.CONSENT_WITHDRAWN)
                        .build(),
                Notice.newBuilder()
                        .setHeader(header("hospital-a"))
                        .setRevocation(hash("revocation"))
                        .setAcknowledged(true)
                        .build(),
                request(),
                decision(),
                evidence());
    }

    static Evidence evidence() {
        return Evidence.newBuilder()
                .setHeader(header("aggregator"))
                .setMember("hospital-a")
                .setSeq(3)
                .setFirstIndex(17)
                .setFirst(hash("first"))
                .setSecond(hash("second"))
                .setSecondEnvelopeDigest(hash("second envelope"))
                .build();
    }

    static Membership membership() {
        return Membership.newBuilder()
                .setHeader(header("aggregator"))
                .setInvitation(SignedInvitation.newBuilder()
                        .setInvitation(ByteString.copyFromUtf8("as root signed it"))
                        .addSignatures(Signature.newBuilder()
                                .setKeyId(hash("root").substring(0, 16))
                                .setSignature(hash("s1").concat(hash("s2")))))
                .setKeys(allKeys())
                .setOneTimeSignature(hash("o1").concat(hash("o2")))
                .build();
    }

    static Key rollover() {
        Rollover rollover = Rollover.newBuilder()
                .setKeys(allKeys())
                .setLastSeq(6)
                .setLastStatement(hash("prev"))
                .setLoss("The disk of 20 November; three notes, \"unsent\".\n\u0007\u00e9\ud83d\ude80")
                .build();
        return Key.newBuilder()
                .setHeader(header("hospital-a").toBuilder().clearSeq().setIncarnation(1))
                .setRollover(rollover)
                .build();
    }

    static Policy policy() {
        return Policy.newBuilder()
                .setHeader(header("root"))
                .addWitnesses(Witness.newBuilder()
                        .setName("hospital-a")
                        .setOrganisation("Hospital A")
                        .setKey(signingKey("witness").verifyingKey().toProto()))
                .setK(1)
                .build();
    }

    static Register register() {
        return Register.newBuilder()
                .setTrainingLine("breast-cancer")
                .setNumber(2)
                .setPredecessor(hash("round 1"))
                .setProtocol(TrainingProtocol.newBuilder()
                        .setCode(ContentDigest.sha256(Digest.of(hash("code"))).toString())
                        .setAggregation("fedavg"))
                .setInputModel(modelRef("global-1").toBuilder().setFrom(hash("close")))
                .setDeadline("2026-11-21T09:00:00.000Z")
                .build();
    }

    static Open open() {
        return Open.newBuilder()
                .setRound(hash("round"))
                .addExpected("hospital-a")
                .addExpected("hospital-b")
                .build();
    }

    static ClosePart closePart() {
        return ClosePart.newBuilder()
                .setRound(hash("round"))
                .addReceived(Received.newBuilder()
                        .setMember("hospital-a")
                        .setWireDigest(model("update-a"))
                        .setVerdict(Verdict.ACCEPTED)
                        .setStatement(hash("contribution"))
                        .setWeight(hash("weight")))
                .addReceived(Received.newBuilder()
                        .setMember("hospital-b")
                        .setArrival(1)
                        .setVerdict(Verdict.DROPPED)
                        .setReason("timeout"))
                .build();
    }

    static Close close() {
        return Close.newBuilder()
                .setRound(hash("round"))
                .addParts(hash("part 0"))
                .setOutputModel(modelRef("global-2"))
                .build();
    }

    static Round round(Round.Builder step) {
        return step.setHeader(header("coordinator")).build();
    }

    static Key change(Key.Builder change, String author) {
        return change.setHeader(header(author)).build();
    }

    private static LinkKey linkKey() {
        return LinkKey.newBuilder()
                .setHeader(header("hospital-a"))
                .setEpoch(1)
                .setCheck(hash("check"))
                .addWrapped(WrappedKey.newBuilder()
                        .setMember("hospital-b")
                        .setEncapsulated(hash("enc"))
                        .setCiphertext(hash("c").concat(hash("d").substring(16))))
                .build();
    }

    private static Disclosure request() {
        return Disclosure.newBuilder()
                .setHeader(header("auditor"))
                .setRequest(DisclosureRequest.newBuilder()
                        .setStatement(hash("contribution"))
                        .addCommitments(hash("metric.accuracy"))
                        .setPurpose("audit"))
                .build();
    }

    private static Disclosure decision() {
        return Disclosure.newBuilder()
                .setHeader(header("hospital-a"))
                .setDecision(DisclosureDecision.newBuilder()
                        .setRequest(hash("request"))
                        .setGranted(true)
                        .addCommitments(hash("metric.accuracy"))
                        .setReader("auditor")
                        .setCiphertextDigest(hash("ciphertext")))
                .build();
    }

    private static MemberKeys statementKey() {
        return MemberKeys.newBuilder()
                .setStatement(signingKey("new").verifyingKey().toProto())
                .build();
    }

    private static MemberKeys allKeys() {
        ByteString der = hash("t1").concat(hash("t2")).concat(hash("t3").substring(5));
        return statementKey().toBuilder()
                .setWitness(signingKey("witness").verifyingKey().toProto())
                .setTls(PublicKey.newBuilder()
                        .setAlgorithm(KeyAlgorithm.ECDSA_P256)
                        .setKey(der))
                .setHpke(
                        PublicKey.newBuilder().setAlgorithm(KeyAlgorithm.X25519).setKey(hash("hpke")))
                .setRecovery(signingKey("recovery").verifyingKey().toProto())
                .build();
    }

    static OpenedEnvelope signed(Message predicate) throws VerificationException {
        return EnvelopeOpener.open(
                EnvelopeSigner.sign(predicate, List.of(SIGNER)).bytes());
    }
}
