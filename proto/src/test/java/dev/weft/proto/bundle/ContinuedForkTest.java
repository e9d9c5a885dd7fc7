package dev.weft.proto.bundle;

import static dev.weft.proto.TestFederation.hash;
import static dev.weft.proto.TestFederation.signingKey;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.Refused;
import dev.weft.proto.TestFederation;
import dev.weft.proto.TestFederation.Author;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.HashReader;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.NoteSigner;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Continuation;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.LogFork;
import dev.weft.proto.v1.Progress;
import dev.weft.proto.v1.ProgressState;
import dev.weft.proto.v1.Role;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Accusations about a log that root had to continue under another name and key. */
class ContinuedForkTest {
    private static final String SECOND = "demo/log/2";
    private static final String THIRD = "demo/log/3";

    private final TestFederation federation = new TestFederation();
    private final Author site = federation.join("hospital-a", Role.SITE);

    ContinuedForkTest() throws VerificationException {}

    private static SigningKey key(String origin) {
        return origin.equals(TestFederation.ORIGIN) ? signingKey("log") : signingKey(origin);
    }

    private static MlDsaSigningKey secondKey(String origin) {
        return TestFederation.secondKey(origin.equals(TestFederation.ORIGIN) ? "log" : origin);
    }

    /** The statement by which root requires second signatures, once the member has a key for them. */
    private ByteString require() throws VerificationException {
        site.enrolSecond();
        OpenedEnvelope requirement = federation.requirement();
        federation.append(requirement);
        return requirement.bytes();
    }

    private boolean required() {
        return federation.standing().requirement().isPresent();
    }

    private Genesis continuation(String before, String origin) {
        Genesis plain = plain(before, origin);
        return !required()
                ? plain
                : plain.toBuilder()
                        .addRequiredSignatures(KeyAlgorithm.ML_DSA_44)
                        .setSecond(TestFederation.secondKeys().toBuilder()
                                .setLog(0, secondKey(origin).verifyingKey().toProto()))
                        .build();
    }

    private Genesis plain(String before, String origin) {
        return TestFederation.genesis().toBuilder()
                .setHeader(Header.newBuilder()
                        .setAudience(origin)
                        .setAuthor("root")
                        .setRecordedAt("2026-11-21T08:00:00.000Z"))
                .setLogOrigin(origin)
                .clearLogKeys()
                .addLogKeys(key(origin).verifyingKey().toProto())
                .setContinues(Continuation.newBuilder()
                        .setFederation(federation.federation().toByteString())
                        .setOrigin(before)
                        .setHead(MerkleMath.head(leaves()).toProto()))
                .build();
    }

    private static ByteString signed(Genesis continuing, String by) throws VerificationException {
        return EnvelopeSigner.sign(continuing, List.of(signingKey(by))).bytes();
    }

    /** Root continues the log; the entry. */
    private ByteString goOn(String before, String origin) throws VerificationException {
        Genesis continuing = continuation(before, origin);
        ByteString once = signed(continuing, "root");
        OpenedEnvelope entry = EnvelopeOpener.open(
                required() ? EnvelopeSigner.with(EnvelopeOpener.open(once), TestFederation.secondKey("root")) : once);
        federation.standing().apply(federation.log().size(), entry);
        federation.log().add(entry);
        return entry.bytes();
    }

    private List<Digest> leaves() {
        return federation.log().stream()
                .map(entry -> MerkleMath.leafHash(entry.bytes()))
                .toList();
    }

    private ByteString genesis() {
        return federation.log().get(0).bytes();
    }

    private ByteString note(String origin, TreeHead head) {
        NoteSigner signer = NoteSigner.ed25519(origin, key(origin));
        return Checkpoint.sign(
                new Checkpoint(origin, head), required() ? signer.withSecond(secondKey(origin), 1) : signer);
    }

    private LogFork twoRoots(String origin) {
        return LogFork.newBuilder()
                .setSmaller(note(origin, new TreeHead(9, Digest.of(hash("one")))))
                .setLarger(note(origin, new TreeHead(9, Digest.of(hash("other")))))
                .build();
    }

    private static LogFork continued(LogFork fork, ByteString... continuations) {
        return fork.toBuilder().addAllContinuations(List.of(continuations)).build();
    }

    private ShownLog shown(String origin) throws VerificationException {
        HashReader hashes = MerkleMath.reader(leaves());
        LogEntries entries =
                (first, count) -> List.of(federation.log().get((int) first).bytes());
        List<Long> all = LongStream.range(0, federation.log().size()).boxed().toList();
        return ShownLog.at(note(origin, MerkleMath.head(leaves())), hashes, entries, all);
    }

    private static ForkVerdict reread(ForkProof proof) throws VerificationException {
        return ForkProof.parse(proof.encode()).verify();
    }

    private static Progress progress(ProgressState state) {
        return Progress.newBuilder().setRound(hash("round")).setState(state).build();
    }

    private OpenedEnvelope statement(String audience, ProgressState state) throws VerificationException {
        return site.sign(site.header().toBuilder().setAudience(audience).build(), progress(state));
    }

    private long append(OpenedEnvelope opened) throws VerificationException {
        opened.verify(federation.standing().requiredKeys(opened));
        federation.standing().apply(federation.log().size(), opened);
        federation.log().add(opened);
        return federation.log().size() - 1L;
    }

    @Test
    void twoHistoriesOfAContinuedLog_areProvedByTheContinuationsThatNameItsKey() throws VerificationException {
        ByteString second = goOn(TestFederation.ORIGIN, SECOND);
        assertThat(reread(ForkProofWriter.log(genesis(), continued(twoRoots(SECOND), second)))
                        .accused())
                .isEqualTo("log " + SECOND);
        ByteString third = goOn(SECOND, THIRD);
        ForkVerdict verdict = reread(ForkProofWriter.log(genesis(), continued(twoRoots(THIRD), second, third)));
        assertThat(verdict.accused()).isEqualTo("log " + THIRD);
        assertThat(verdict.federation()).isEqualTo(federation.federation());
        assertThat(reread(ForkProofWriter.log(genesis(), twoRoots(TestFederation.ORIGIN)))
                        .accused())
                .as("the old log can be accused still")
                .isEqualTo("log " + TestFederation.ORIGIN);
    }

    @Test
    void continuationsThatDoNotLeadToTheKey_accuseNobody() throws VerificationException {
        Genesis good = continuation(TestFederation.ORIGIN, SECOND);
        ByteString second = goOn(TestFederation.ORIGIN, SECOND);
        ByteString third = goOn(SECOND, THIRD);
        refused(Reason.UNSIGNED_CHECKPOINT, List.of(), twoRoots(SECOND));
        refused(Reason.UNSIGNED_CHECKPOINT, List.of(second, third), twoRoots(SECOND));
        refused(Reason.UNSIGNED_CHECKPOINT, List.of(second), twoRoots(TestFederation.ORIGIN));
        refused(Reason.UNKNOWN_LOG, List.of(third), twoRoots(THIRD));
        refused(Reason.UNKNOWN_LOG, List.of(second, second), twoRoots(SECOND));
        refused(Reason.MISSING_SIGNATURE, List.of(signed(good, "mallory")), twoRoots(SECOND));
        refused(Reason.PROTOCOL, List.of(genesis()), twoRoots(SECOND));
        Genesis another = good.toBuilder()
                .setContinues(good.getContinues().toBuilder().setFederation(hash("another federation")))
                .build();
        refused(Reason.WRONG_FEDERATION, List.of(signed(another, "root")), twoRoots(SECOND));
    }

    private void refused(Reason reason, List<ByteString> continuations, LogFork fork) {
        refused(reason, fork.toBuilder().addAllContinuations(continuations).build());
    }

    private void refused(Reason reason, LogFork fork) {
        Refused.with(reason, () -> ForkProofWriter.log(genesis(), fork));
    }

    @Test
    void twoStatementsForOneSeq_areProvedBeforeAndAfterTheContinuation() throws VerificationException {
        OpenedEnvelope otherOld = statement(TestFederation.ORIGIN, ProgressState.WAITING);
        long old = append(statement(TestFederation.ORIGIN, ProgressState.STARTED));
        goOn(TestFederation.ORIGIN, SECOND);
        OpenedEnvelope otherNew = statement(SECOND, ProgressState.DECLINED);
        long now = append(statement(SECOND, ProgressState.WAITING));
        ForkVerdict before = reread(ForkProofWriter.equivocation(shown(SECOND), old, otherOld.bytes()));
        assertThat(before.accused()).isEqualTo("hospital-a");
        assertThat(before.sentence()).contains("seq 0");
        ForkProof proof = ForkProofWriter.equivocation(shown(SECOND), now, otherNew.bytes());
        assertThat(reread(proof).sentence()).contains("seq 1");
        assertThat(proof.message().getEquivocation().getHistoryCount())
                .as("genesis, the membership and the continuation")
                .isEqualTo(3);
        Refused.with(Reason.UNSIGNED_CHECKPOINT, () -> without(proof, 2).verify());
    }

    private static ForkProof without(ForkProof proof, int history) {
        dev.weft.proto.v1.ForkProof.Builder bare = proof.message().toBuilder();
        bare.getEquivocationBuilder().removeHistory(history);
        return new ForkProof(bare.build());
    }

    @Test
    void twoHistoriesOfALogThatRequiresSecondSignatures_areProvedByTheStatementThatDoes() throws VerificationException {
        LogFork once = twoRoots(SECOND);
        ByteString requirement = require();
        LogFork first = twoRoots(TestFederation.ORIGIN);
        ByteString second = goOn(TestFederation.ORIGIN, SECOND);
        LogFork bare = continued(twoRoots(SECOND), second);
        LogFork whole = bare.toBuilder().setRequirement(requirement).build();
        ForkVerdict verdict = reread(ForkProofWriter.log(genesis(), whole));
        assertThat(verdict.accused()).isEqualTo("log " + SECOND);
        assertThat(verdict.notProven()).noneMatch(each -> each.contains("second signatures"));
        refused(Reason.WRONG_FEDERATION, bare);
        refused(
                Reason.SECOND_SIGNATURE_MISSING,
                whole.toBuilder().setSmaller(once.getSmaller()).build());
        assertThat(reread(ForkProofWriter.log(
                                genesis(),
                                first.toBuilder().setRequirement(requirement).build()))
                        .accused())
                .isEqualTo("log " + TestFederation.ORIGIN);
        assertThat(reread(ForkProofWriter.log(genesis(), first)).notProven())
                .as("a file that leaves the requirement out says so")
                .anyMatch(each -> each.contains("second signatures"));
    }

    @Test
    void whatRequiresNothing_isNoRequirement() throws VerificationException {
        ByteString requirement = require();
        ByteString enrolment = federation.log().get(2).bytes();
        ByteString second = goOn(TestFederation.ORIGIN, SECOND);
        LogFork.Builder fork = continued(twoRoots(SECOND), second).toBuilder();
        for (ByteString other : List.of(genesis(), second, enrolment)) {
            refused(Reason.PROTOCOL, fork.setRequirement(other).build());
        }
        ByteString stripped = EnvelopeSigner.withoutSecond(EnvelopeOpener.open(requirement));
        refused(Reason.SECOND_SIGNATURE_MISSING, fork.setRequirement(stripped).build());
        TestFederation another = TestFederation.requiringSecond();
        LogFork told = twoRoots(TestFederation.ORIGIN).toBuilder()
                .setRequirement(requirement)
                .build();
        Refused.with(
                Reason.PROTOCOL, () -> ForkProofWriter.log(another.log().get(0).bytes(), told));
    }

    @Test
    void twoStatementsForOneSeq_areProvedBySecondSignaturesToo_whereThoseAreRequired() throws VerificationException {
        OpenedEnvelope otherOld = statement(TestFederation.ORIGIN, ProgressState.WAITING);
        long old = append(statement(TestFederation.ORIGIN, ProgressState.STARTED));
        require();
        goOn(TestFederation.ORIGIN, SECOND);
        OpenedEnvelope otherNew = statement(SECOND, ProgressState.DECLINED);
        long now = append(statement(SECOND, ProgressState.WAITING));
        assertThat(reread(ForkProofWriter.equivocation(shown(SECOND), old, otherOld.bytes()))
                        .accused())
                .isEqualTo("hospital-a");
        ForkProof proof = ForkProofWriter.equivocation(shown(SECOND), now, otherNew.bytes());
        assertThat(reread(proof).sentence()).contains("seq 2");
        ByteString byOne = EnvelopeSigner.withoutSecond(otherNew);
        Refused.with(Reason.PROVES_NOTHING, () -> ForkProofWriter.equivocation(shown(SECOND), now, byOne));
        int history = proof.message().getEquivocation().getHistoryCount();
        assertThat(history)
                .as("genesis, the membership, the enrolment, the requirement, the continuation")
                .isEqualTo(5);
        Refused.with(Reason.WRONG_FEDERATION, () -> without(proof, 3).verify());
    }

    @Test
    void statementStatedAgainAfterTheContinuation_framesNobody() throws VerificationException {
        OpenedEnvelope again = statement(SECOND, ProgressState.WAITING);
        long old = append(statement(TestFederation.ORIGIN, ProgressState.STARTED));
        goOn(TestFederation.ORIGIN, SECOND);
        Refused.with(Reason.PROVES_NOTHING, () -> ForkProofWriter.equivocation(shown(SECOND), old, again.bytes()));
        OpenedEnvelope lost = site.sign(
                site.header().toBuilder()
                        .setSiteHead(new TreeHead(10, Digest.of(hash("ten"))).toProto())
                        .build(),
                progress(ProgressState.WAITING));
        long now = append(site.sign(
                site.header().toBuilder()
                        .setAudience(SECOND)
                        .setSiteHead(new TreeHead(12, Digest.of(hash("twelve"))).toProto())
                        .build(),
                progress(ProgressState.WAITING)));
        assertThat(lost.statement().header().getSeq()).isEqualTo(1);
        Refused.with(
                Reason.PROVES_NOTHING,
                () -> ForkProofWriter.site(shown(SECOND), now, lost.bytes(), ByteString.EMPTY, List.of()));
    }
}
