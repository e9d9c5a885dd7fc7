package dev.weft.proto.statement;

import static dev.weft.proto.TestFederation.hash;
import static dev.weft.proto.TestFederation.signingKey;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.proto.Reason;
import dev.weft.proto.Refused;
import dev.weft.proto.TestFederation;
import dev.weft.proto.v1.Alias;
import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.Close;
import dev.weft.proto.v1.ClosePart;
import dev.weft.proto.v1.Continuation;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.Disclosure;
import dev.weft.proto.v1.Evidence;
import dev.weft.proto.v1.Genesis;
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
import dev.weft.proto.v1.PublicKey;
import dev.weft.proto.v1.Received;
import dev.weft.proto.v1.Register;
import dev.weft.proto.v1.Revocation;
import dev.weft.proto.v1.Revoke;
import dev.weft.proto.v1.Rotate;
import dev.weft.proto.v1.Round;
import dev.weft.proto.v1.Run;
import dev.weft.proto.v1.Suspend;
import dev.weft.proto.v1.Verdict;
import dev.weft.proto.v1.Witness;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a field may not hold: each limit, one step beyond it. That the examples pass is tested elsewhere. */
class StatementRulesTest {

    static Stream<Arguments> headers() {
        return Stream.of(
                header(Reason.MISSING_FIELD, Header.Builder::clearAuthor),
                header(Reason.BAD_NAME, header -> header.setAuthor("Hospital")),
                header(Reason.BAD_NAME, header -> header.setAuthor("a".repeat(65))),
                header(Reason.MISSING_FIELD, Header.Builder::clearAudience),
                header(Reason.BAD_VALUE, header -> header.setAudience("demo log")),
                header(Reason.BAD_VALUE, header -> header.setAudience("a".repeat(201))),
                header(Reason.MISSING_FIELD, Header.Builder::clearFederation),
                header(Reason.BAD_VALUE, header -> header.setFederation(ByteString.copyFromUtf8("short"))),
                header(Reason.MISSING_FIELD, Header.Builder::clearPrev),
                header(Reason.BAD_VALUE, header -> header.setSeq(-1)),
                header(Reason.BAD_VALUE, header -> header.setIncarnation(-1)),
                header(Reason.BAD_VALUE, header -> header.setSiteHead(Head.getDefaultInstance())),
                header(
                        Reason.BAD_VALUE,
                        header -> header.setSeen(Head.newBuilder().setRoot(hash("x")))),
                header(
                        Reason.MISSING_FIELD,
                        header -> header.setSeen(Head.newBuilder().setSize(1))),
                header(Reason.MISSING_FIELD, Header.Builder::clearRecordedAt),
                header(Reason.BAD_TIME, header -> header.setRecordedAt("2026-11-21T08:00:00Z")),
                header(Reason.BAD_TIME, header -> header.setRecordedAt("2026-11-21T08:00:00.000+00:00")),
                header(Reason.BAD_TIME, header -> header.setRecordedAt("2026-02-29T08:00:00.000Z")),
                header(Reason.BAD_TIME, header -> header.setRecordedAt("2026-13-01T08:00:00.000Z")),
                header(Reason.BAD_TIME, header -> header.setRecordedAt("2026-11-21T24:00:00.000Z")),
                header(Reason.WRONG_AUTHOR, header -> header.setAuthor("root").clearSiteHead()),
                header(
                        Reason.WRONG_AUTHOR,
                        header -> header.setAuthor("aggregator").clearSiteHead()));
    }

    @ParameterizedTest
    @MethodSource
    void headers(Reason reason, Message predicate) {
        refuse(reason, predicate);
    }

    private static Arguments header(Reason reason, UnaryOperator<Header.Builder> change) {
        Header header = change.apply(Examples.header("hospital-a").toBuilder()).build();
        return arguments(
                reason, Examples.contribution().toBuilder().setHeader(header).build());
    }

    static Stream<Arguments> foundings() {
        return Stream.of(
                genesis(
                        Reason.WRONG_AUTHOR,
                        g -> g.setHeader(g.getHeader().toBuilder().setAuthor("coordinator"))),
                genesis(
                        Reason.BAD_VALUE,
                        g -> g.setHeader(g.getHeader().toBuilder().setSeq(1))),
                genesis(
                        Reason.BAD_VALUE,
                        g -> g.setHeader(g.getHeader().toBuilder().setFederation(hash("x")))),
                genesis(
                        Reason.BAD_VALUE,
                        g -> g.setHeader(g.getHeader().toBuilder().setPrev(hash("x")))),
                genesis(
                        Reason.BAD_VALUE,
                        g -> g.setHeader(g.getHeader().toBuilder().setAudience("demo/log/2"))),
                genesis(Reason.BAD_NAME, g -> g.setName("Demo")),
                genesis(Reason.BAD_VALUE, g -> g.setNonce(hash("x").substring(1))),
                genesis(Reason.MISSING_FIELD, Genesis.Builder::clearRootKeys),
                genesis(Reason.DUPLICATE, g -> g.addRootKeys(g.getRootKeys(0))),
                genesis(Reason.LIMIT_EXCEEDED, g -> g.addAllRootKeys(keys(16))),
                genesis(Reason.BAD_KEY, g -> g.setRootKeys(0, x25519())),
                genesis(Reason.BAD_VALUE, g -> g.setRootThreshold(0)),
                genesis(Reason.BAD_VALUE, g -> g.setRootThreshold(2)),
                genesis(Reason.BAD_VALUE, g -> g.setLogOrigin("other/log/1")),
                genesis(Reason.BAD_VALUE, g -> g.setLogOrigin("demo/log/01")),
                genesis(Reason.LIMIT_EXCEEDED, g -> g.addAllLogKeys(keys(4))),
                genesis(Reason.MISSING_FIELD, Genesis.Builder::clearAggregatorKey),
                genesis(Reason.MISSING_FIELD, Genesis.Builder::clearCaDigest),
                genesis(Reason.UNSUPPORTED_VERSION, g -> g.setProtocolVersion(2)),
                genesis(Reason.UNKNOWN_ALGORITHM, g -> g.addRequiredSignatures(KeyAlgorithm.ECDSA_P256)),
                genesis(Reason.BAD_VALUE, g -> g.addRequiredSignatures(KeyAlgorithm.ML_DSA_44)),
                genesis(Reason.MISSING_FIELD, Genesis.Builder::clearLimits),
                genesis(
                        Reason.BAD_VALUE,
                        g -> g.setLimits(g.getLimits().toBuilder().setMaxEntryBytes(65_536))),
                genesis(
                        Reason.MISSING_FIELD,
                        g -> g.setContinues(Continuation.newBuilder().setFederation(hash("x")))));
    }

    @ParameterizedTest
    @MethodSource
    void foundings(Reason reason, Message predicate) {
        refuse(reason, predicate);
    }

    private static Arguments genesis(Reason reason, UnaryOperator<Genesis.Builder> change) {
        return arguments(
                reason, change.apply(TestFederation.genesis().toBuilder()).build());
    }

    static Stream<Arguments> keyChanges() {
        Key rollover = Examples.rollover();
        return Stream.of(
                arguments(Reason.MISSING_FIELD, Examples.change(Key.newBuilder(), "hospital-a")),
                arguments(Reason.BAD_VALUE, rotation(MemberKeys.getDefaultInstance())),
                arguments(
                        Reason.BAD_VALUE,
                        rotation(MemberKeys.newBuilder()
                                .setRecovery(signingKey("x").verifyingKey().toProto())
                                .build())),
                arguments(
                        Reason.BAD_KEY,
                        rotation(MemberKeys.newBuilder().setStatement(x25519()).build())),
                arguments(
                        Reason.WRONG_AUTHOR,
                        Examples.change(
                                Key.newBuilder().setRevoke(Revoke.newBuilder().setMember("hospital-b")), "hospital-a")),
                arguments(
                        Reason.WRONG_AUTHOR,
                        Examples.change(
                                Key.newBuilder().setSuspend(Suspend.newBuilder().setMember("x")), "root")),
                arguments(
                        Reason.BAD_NAME,
                        Examples.change(
                                Key.newBuilder().setRevoke(Revoke.newBuilder().setMember("root")), "root")),
                arguments(
                        Reason.BAD_VALUE,
                        rollover.toBuilder()
                                .setHeader(rollover.getHeader().toBuilder().setSeq(1))
                                .build()),
                arguments(
                        Reason.BAD_VALUE,
                        rollover.toBuilder()
                                .setRollover(rollover.getRollover().toBuilder().setLastStatement(hash("x")))
                                .build()),
                arguments(
                        Reason.BAD_VALUE,
                        rollover.toBuilder()
                                .setRollover(rollover.getRollover().toBuilder().setLoss("x".repeat(501)))
                                .build()),
                arguments(
                        Reason.MISSING_FIELD,
                        rollover.toBuilder()
                                .setRollover(rollover.getRollover().toBuilder()
                                        .setKeys(rollover.getRollover().getKeys().toBuilder()
                                                .clearRecovery()))
                                .build()));
    }

    @ParameterizedTest
    @MethodSource
    void keyChanges(Reason reason, Message predicate) {
        refuse(reason, predicate);
    }

    private static Key rotation(MemberKeys keys) {
        return Examples.change(Key.newBuilder().setRotate(Rotate.newBuilder().setKeys(keys)), "hospital-a");
    }

    static Stream<Arguments> policies() {
        // n, k, f: two quorums meet in an honest witness, and the dishonest ones cannot block.
        return Stream.of(
                arguments(2, 1, 0),
                arguments(3, 3, 1),
                arguments(3, 2, 1),
                arguments(4, 4, 1),
                arguments(1, 0, 0),
                arguments(0, 1, 0),
                arguments(20, 15, 0));
    }

    @ParameterizedTest
    @MethodSource
    void policies(int n, int k, int f) {
        Policy.Builder policy =
                Examples.policy().toBuilder().clearWitnesses().setK(k).setF(f);
        for (int i = 0; i < n; i++) {
            policy.addWitnesses(Witness.newBuilder()
                    .setName("witness-" + i)
                    .setOrganisation("Organisation " + i)
                    .setKey(signingKey("w" + i).verifyingKey().toProto()));
        }
        refuse(Reason.POLICY_INVALID, policy.build());
    }

    static Stream<Arguments> rounds() {
        return Stream.of(
                round(Reason.MISSING_FIELD, Round.newBuilder()),
                register(Reason.MISSING_FIELD, Register.Builder::clearTrainingLine),
                register(Reason.BAD_VALUE, Register.Builder::clearNumber),
                register(Reason.BAD_VALUE, r -> r.setNumber(-1)),
                register(Reason.MISSING_FIELD, Register.Builder::clearInputModel),
                register(Reason.BAD_VALUE, r -> r.setInputModel(Examples.committed(ArtifactKind.DATASET, "d"))),
                register(Reason.MISSING_FIELD, Register.Builder::clearProtocol),
                register(
                        Reason.BAD_DIGEST,
                        r -> r.setProtocol(r.getProtocol().toBuilder().setCode("md5:00"))),
                register(Reason.BAD_TIME, r -> r.setDeadline("tomorrow")),
                open(Reason.MISSING_FIELD, Open.Builder::clearExpected),
                open(Reason.BAD_VALUE, o -> o.addExpected("hospital-b")),
                open(Reason.BAD_VALUE, o -> o.addExpected("hospital-a")),
                open(Reason.BAD_NAME, o -> o.addExpected("root")),
                closePart(Reason.MISSING_FIELD, ClosePart.Builder::clearReceived),
                closePart(Reason.DUPLICATE, p -> p.addReceived(p.getReceived(0))),
                closePart(Reason.LIMIT_EXCEEDED, p -> p.addAllReceived(received(63))),
                closePart(Reason.BAD_VALUE, p -> p.setPart(1_000)),
                received(Reason.MISSING_FIELD, Received.Builder::clearVerdict),
                received(Reason.BAD_VALUE, r -> r.setReason("late")),
                received(Reason.MISSING_FIELD, r -> r.setVerdict(Verdict.REJECTED)),
                received(Reason.MISSING_FIELD, Received.Builder::clearWireDigest),
                received(Reason.BAD_VALUE, r -> r.setStatement(ByteString.copyFromUtf8("x"))),
                close(Reason.BAD_VALUE, Close.Builder::clearOutputModel),
                close(Reason.BAD_VALUE, c -> c.setFailure("diverged")),
                close(Reason.DUPLICATE, c -> c.addParts(c.getParts(0))),
                close(Reason.BAD_VALUE, c -> c.setParts(0, ByteString.copyFromUtf8("x"))));
    }

    @ParameterizedTest
    @MethodSource
    void rounds(Reason reason, Message predicate) {
        refuse(reason, predicate);
    }

    private static Arguments round(Reason reason, Round.Builder step) {
        return arguments(reason, Examples.round(step));
    }

    private static Arguments register(Reason reason, UnaryOperator<Register.Builder> change) {
        return round(reason, Round.newBuilder().setRegister(change.apply(Examples.register().toBuilder())));
    }

    private static Arguments open(Reason reason, UnaryOperator<Open.Builder> change) {
        return round(reason, Round.newBuilder().setOpen(change.apply(Examples.open().toBuilder())));
    }

    private static Arguments closePart(Reason reason, UnaryOperator<ClosePart.Builder> change) {
        return round(reason, Round.newBuilder().setClosePart(change.apply(Examples.closePart().toBuilder())));
    }

    private static Arguments received(Reason reason, UnaryOperator<Received.Builder> change) {
        return closePart(reason, part -> part.setReceived(0, change.apply(part.getReceived(0).toBuilder())));
    }

    private static Arguments close(Reason reason, UnaryOperator<Close.Builder> change) {
        return round(reason, Round.newBuilder().setClose(change.apply(Examples.close().toBuilder())));
    }

    private static List<Received> received(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Examples.closePart().getReceived(0).toBuilder()
                        .setMember("site-" + i)
                        .build())
                .toList();
    }

    static Stream<Arguments> contributions() {
        Run run = Examples.contribution().getRuns(0);
        return Stream.of(
                contribution(Reason.MISSING_FIELD, Contribution.Builder::clearRound),
                contribution(Reason.BAD_VALUE, c -> c.setBaseRound(ByteString.copyFromUtf8("x"))),
                contribution(Reason.MISSING_FIELD, Contribution.Builder::clearInputModel),
                contribution(Reason.MISSING_FIELD, Contribution.Builder::clearWireDigest),
                contribution(Reason.BAD_DIGEST, c -> c.setWireDigest("sha256:AB")),
                contribution(Reason.BAD_VALUE, c -> c.setWireDigest("git-sha1:" + "0".repeat(40))),
                contribution(Reason.BAD_VALUE, c -> c.setUpdate(hash("x").substring(1))),
                contribution(Reason.LIMIT_EXCEEDED, c -> c.addAllRuns(Collections.nCopies(32, run))),
                contribution(
                        Reason.MISSING_FIELD, c -> c.setRuns(0, run.toBuilder().clearKind())),
                contribution(
                        Reason.MISSING_FIELD, c -> c.setRuns(0, run.toBuilder().clearId())),
                contribution(
                        Reason.BAD_VALUE,
                        c -> c.setRuns(0, run.toBuilder().addInputs(Examples.committed(ArtifactKind.RUN, "r")))),
                contribution(
                        Reason.BAD_VALUE,
                        c -> c.setRuns(0, run.toBuilder().addCode(Examples.committed(ArtifactKind.DATASET, "d")))),
                contribution(
                        Reason.MISSING_FIELD,
                        c -> c.setRuns(
                                0,
                                run.toBuilder()
                                        .addInputs(ArtifactRef.newBuilder().setLinkable(hash("x"))))),
                contribution(
                        Reason.MISSING_FIELD,
                        c -> c.setRuns(
                                0,
                                run.toBuilder()
                                        .addInputs(ArtifactRef.newBuilder().setKind(ArtifactKind.DATASET)))),
                contribution(Reason.BAD_NAME, c -> c.addSummaries(Examples.field("no space"))),
                contribution(Reason.BAD_NAME, c -> c.addSummaries(Examples.field("n".repeat(201)))),
                contribution(
                        Reason.BAD_NAME,
                        c -> c.setPrivacy(0, c.getPrivacy(0).toBuilder().setName("DP"))));
    }

    @ParameterizedTest
    @MethodSource
    void contributions(Reason reason, Message predicate) {
        refuse(reason, predicate);
    }

    private static Arguments contribution(Reason reason, UnaryOperator<Contribution.Builder> change) {
        return arguments(
                reason, change.apply(Examples.contribution().toBuilder()).build());
    }

    static Stream<Arguments> others() {
        Membership membership = Examples.membership();
        Alias alias = (Alias) Examples.all().get(16);
        LinkKey linkKey = (LinkKey) Examples.all().get(17);
        Revocation revocation = (Revocation) Examples.all().get(18);
        Notice notice = (Notice) Examples.all().get(19);
        Disclosure request = (Disclosure) Examples.all().get(20);
        Disclosure decision = (Disclosure) Examples.all().get(21);
        Evidence evidence = Examples.evidence();
        ByteString large = ByteString.copyFrom(new byte[8_193]);
        return Stream.of(
                arguments(
                        Reason.MISSING_FIELD,
                        membership.toBuilder().clearInvitation().build()),
                arguments(
                        Reason.MISSING_FIELD, membership.toBuilder().clearKeys().build()),
                arguments(
                        Reason.MISSING_FIELD,
                        membership.toBuilder().clearOneTimeSignature().build()),
                arguments(
                        Reason.BAD_VALUE,
                        membership.toBuilder()
                                .setInvitation(
                                        membership.getInvitation().toBuilder().setInvitation(large))
                                .build()),
                arguments(
                        Reason.BAD_VALUE,
                        alias.toBuilder().setNew(alias.getOld()).build()),
                arguments(
                        Reason.BAD_VALUE,
                        alias.toBuilder().setNew(Examples.modelRef("m")).build()),
                arguments(Reason.MISSING_FIELD, alias.toBuilder().clearOld().build()),
                arguments(
                        Reason.MISSING_FIELD,
                        revocation.toBuilder().clearReason().build()),
                arguments(
                        Reason.MISSING_FIELD,
                        revocation.toBuilder().clearArtifact().build()),
                arguments(
                        Reason.BAD_VALUE,
                        notice.toBuilder().setAcknowledged(false).build()),
                arguments(
                        Reason.BAD_NAME,
                        notice.toBuilder().setTold("aggregator").build()),
                arguments(Reason.MISSING_FIELD, notice.toBuilder().clearStep().build()),
                arguments(Reason.MISSING_FIELD, request.toBuilder().clearStep().build()),
                arguments(
                        Reason.LIMIT_EXCEEDED,
                        request.toBuilder()
                                .setRequest(request.getRequest().toBuilder()
                                        .addAllCommitments(Collections.nCopies(128, hash("c"))))
                                .build()),
                arguments(
                        Reason.BAD_VALUE,
                        decision.toBuilder()
                                .setDecision(decision.getDecision().toBuilder().clearGranted())
                                .build()),
                arguments(
                        Reason.BAD_VALUE,
                        decision.toBuilder()
                                .setDecision(decision.getDecision().toBuilder().clearCiphertextDigest())
                                .build()),
                arguments(Reason.BAD_VALUE, linkKey.toBuilder().clearEpoch().build()),
                arguments(
                        Reason.BAD_VALUE,
                        linkKey.toBuilder()
                                .setWrapped(0, linkKey.getWrapped(0).toBuilder().setCiphertext(hash("x")))
                                .build()),
                arguments(
                        Reason.BAD_VALUE,
                        evidence.toBuilder().setSecond(evidence.getFirst()).build()),
                arguments(
                        Reason.MISSING_FIELD,
                        evidence.toBuilder().clearSecondEnvelopeDigest().build()),
                arguments(
                        Reason.WRONG_AUTHOR,
                        evidence.toBuilder()
                                .setHeader(Examples.header("hospital-b"))
                                .build()),
                arguments(
                        Reason.BAD_VALUE,
                        evidence.toBuilder()
                                .setHeader(evidence.getHeader().toBuilder().setSiteHead(Examples.head(1, "x")))
                                .build()));
    }

    @ParameterizedTest
    @MethodSource
    void others(Reason reason, Message predicate) {
        refuse(reason, predicate);
    }

    private static PublicKey x25519() {
        return PublicKey.newBuilder()
                .setAlgorithm(KeyAlgorithm.X25519)
                .setKey(hash("x"))
                .build();
    }

    private static List<PublicKey> keys(int count) {
        List<PublicKey> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add(signingKey("key " + i).verifyingKey().toProto());
        }
        return keys;
    }

    private static void refuse(Reason reason, Message predicate) {
        Refused.with(reason, () -> EnvelopeSigner.sign(predicate, List.of(Examples.SIGNER)));
    }
}
