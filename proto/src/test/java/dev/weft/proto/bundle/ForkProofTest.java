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
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.ConsistencyProof;
import dev.weft.proto.merkle.Frontier;
import dev.weft.proto.merkle.HashReader;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Note;
import dev.weft.proto.note.NoteSigner;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Envelope;
import dev.weft.proto.v1.Evidence;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.LogFork;
import dev.weft.proto.v1.MemberKeys;
import dev.weft.proto.v1.Progress;
import dev.weft.proto.v1.ProgressState;
import dev.weft.proto.v1.Revoke;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Rotate;
import dev.weft.proto.v1.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Files that accuse: what proves something on a machine that knows nothing, and what would frame the honest. */
class ForkProofTest {
    private static final SigningKey LOG = signingKey("log");

    private final TestFederation federation = new TestFederation();
    private final Author site = federation.join("hospital-a", Role.SITE);

    ForkProofTest() throws VerificationException {}

    private ByteString genesis() {
        return federation.log().get(0).bytes();
    }

    private ByteString note(TreeHead head) {
        return note(head, LOG);
    }

    private static ByteString note(TreeHead head, SigningKey key) {
        return Checkpoint.sign(
                new Checkpoint(TestFederation.ORIGIN, head), NoteSigner.ed25519(TestFederation.ORIGIN, key));
    }

    private List<Digest> leaves() {
        return federation.log().stream()
                .map(entry -> MerkleMath.leafHash(entry.bytes()))
                .toList();
    }

    private ByteString note() {
        return note(MerkleMath.head(leaves()));
    }

    private ShownLog shown() throws VerificationException {
        return shown(note());
    }

    private ShownLog shown(ByteString note) throws VerificationException {
        LogEntries entries = (first, count) -> federation.log().stream()
                .skip(first)
                .limit(count)
                .map(OpenedEnvelope::bytes)
                .toList();
        List<Long> all = LongStream.range(0, federation.log().size()).boxed().toList();
        return ShownLog.at(note, MerkleMath.reader(leaves()), entries, all);
    }

    private ForkProof log(ByteString one, ByteString other, HashReader larger) throws VerificationException {
        return ForkProofWriter.log(genesis(), contradiction(one, other, larger));
    }

    /** What somebody who has all hashes of the larger log puts beside two notes. */
    private static LogFork contradiction(ByteString one, ByteString other, HashReader larger)
            throws VerificationException {
        TreeHead first = head(one);
        TreeHead second = head(other);
        boolean inOrder = first.size() <= second.size();
        LogFork.Builder fork =
                LogFork.newBuilder().setSmaller(inOrder ? one : other).setLarger(inOrder ? other : one);
        long small = Math.min(first.size(), second.size());
        long large = Math.max(first.size(), second.size());
        if (small < large) {
            fork.setRoot(Frontier.from(larger, small).head().root().toByteString())
                    .addAllPath(ConsistencyProof.prove(larger, small, large).toProto());
        }
        return fork.build();
    }

    private static TreeHead head(ByteString note) throws VerificationException {
        return Checkpoint.parse(Note.parse(note).text()).head();
    }

    /** Of the first statement in the log and a second one, by somebody who has all records of the larger site log. */
    private ForkProof site(long first, OpenedEnvelope second, List<Digest> records) throws VerificationException {
        long one = siteSize(federation.log().get((int) first));
        long other = siteSize(second);
        HashReader reader = MerkleMath.reader(records);
        return one >= other
                ? ForkProofWriter.site(shown(), first, second.bytes(), ByteString.EMPTY, List.of())
                : ForkProofWriter.site(
                        shown(),
                        first,
                        second.bytes(),
                        Frontier.from(reader, one).head().root().toByteString(),
                        ConsistencyProof.prove(reader, one, other).toProto());
    }

    private static long siteSize(OpenedEnvelope opened) {
        return opened.statement().header().getSiteHead().getSize();
    }

    private static List<Digest> otherLeaves(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Digest.of(hash("other " + i)))
                .toList();
    }

    private static Progress progress(ProgressState state) {
        return Progress.newBuilder().setRound(hash("round")).setState(state).build();
    }

    /** Two statements for the author's next seq; the first is appended. */
    private record Twice(long first, OpenedEnvelope second) {}

    private Twice twice(Author author) throws VerificationException {
        OpenedEnvelope second = author.sign(progress(ProgressState.WAITING));
        long first = federation.append(author.sign(progress(ProgressState.STARTED)));
        return new Twice(first, second);
    }

    private ForkProof reread(ForkProof proof) throws VerificationException {
        return ForkProof.parse(proof.encode());
    }

    @Test
    void twoRootsOfOneSize_proveThatTheLogForked() throws VerificationException {
        List<Digest> leaves = otherLeaves(3);
        ForkProof proof = log(note(MerkleMath.head(otherLeaves(3))), note(head(3, "x")), MerkleMath.reader(leaves));
        ForkVerdict verdict = reread(proof).verify();
        assertThat(verdict.kind()).isEqualTo("log-fork");
        assertThat(verdict.federation()).isEqualTo(federation.federation());
        assertThat(verdict.accused()).isEqualTo("log " + TestFederation.ORIGIN);
        assertThat(verdict.sentence()).contains("two histories");
        assertThat(verdict.notProven()).isNotEmpty();
    }

    private static TreeHead head(int size, String root) {
        return new TreeHead(size, Digest.of(hash(root)));
    }

    @Test
    void smallerHeadThatIsNoBeginning_isProvedByAPath() throws VerificationException {
        for (int large = 2; large <= 17; large++) {
            List<Digest> leaves = otherLeaves(large);
            for (int small = 1; small < large; small++) {
                ForkProof proof = log(
                        note(MerkleMath.head(leaves)), note(head(small, "another past")), MerkleMath.reader(leaves));
                assertThat(reread(proof).verify().facts().get(2)).contains("at size " + small);
            }
        }
    }

    @Test
    void smallerHeadOfTheSameLog_provesNothing() {
        List<Digest> leaves = otherLeaves(9);
        Refused.with(
                Reason.PROVES_NOTHING,
                () -> log(
                        note(MerkleMath.head(leaves)),
                        note(MerkleMath.head(leaves.subList(0, 5))),
                        MerkleMath.reader(leaves)));
    }

    @Test
    void smallerHeadWithoutAPath_provesNothing() throws VerificationException {
        List<Digest> leaves = otherLeaves(9);
        ForkProof proof = log(note(head(5, "x")), note(MerkleMath.head(leaves)), MerkleMath.reader(leaves));
        dev.weft.proto.v1.ForkProof.Builder bare = proof.message().toBuilder();
        bare.getLogBuilder().clearPath().clearRoot();
        Refused.with(Reason.PROVES_NOTHING, () -> new ForkProof(bare.build()).verify());
        dev.weft.proto.v1.ForkProof.Builder invented = proof.message().toBuilder();
        invented.getLogBuilder().setRoot(hash("invented"));
        Refused.with(Reason.BAD_CONSISTENCY_PROOF, () -> new ForkProof(invented.build()).verify());
    }

    @Test
    void anotherLogsKey_accusesNobody() {
        ByteString forged = note(head(3, "x"), signingKey("somebody"));
        Refused.with(
                Reason.UNSIGNED_CHECKPOINT, () -> log(forged, note(head(3, "y")), MerkleMath.reader(otherLeaves(3))));
    }

    @Test
    void twoStatementsForOneSeq_proveEquivocation() throws VerificationException {
        Twice twice = twice(site);
        federation.join("hospital-b", Role.SITE);
        ForkProof proof = ForkProofWriter.equivocation(
                shown(), twice.first(), twice.second().bytes());
        ForkVerdict verdict = reread(proof).verify();
        assertThat(verdict.kind()).isEqualTo("equivocation");
        assertThat(verdict.accused()).isEqualTo("hospital-a");
        assertThat(verdict.sentence()).contains("seq 0 of incarnation 0");
        assertThat(proof.message().getEquivocation().getHistoryCount())
                .as("genesis and its own membership")
                .isEqualTo(2);
        assertThat(verdict.notProven()).anyMatch(text -> text.contains("leaves out"));
    }

    @Test
    void sameStatementInAnotherEnvelope_framesNobody() throws VerificationException {
        OpenedEnvelope said = site.say(progress(ProgressState.STARTED));
        Envelope rewrapped = said.envelope().toBuilder()
                .setSignatures(
                        0,
                        Signature.newBuilder()
                                .setKeyId(signingKey("mallory")
                                        .verifyingKey()
                                        .id()
                                        .value())
                                .setSignature(signingKey("mallory").sign(said.pae())))
                .build();
        Refused.with(
                Reason.PROVES_NOTHING,
                () -> ForkProofWriter.equivocation(shown(), federation.log().size() - 1L, rewrapped.toByteString()));
    }

    @Test
    void secondByAStrangersKey_framesNobody() throws VerificationException {
        OpenedEnvelope second = site.sign(progress(ProgressState.WAITING), signingKey("mallory"));
        site.say(progress(ProgressState.STARTED));
        Refused.with(
                Reason.PROVES_NOTHING,
                () -> ForkProofWriter.equivocation(shown(), federation.log().size() - 1L, second.bytes()));
    }

    @Test
    void keyFoundAfterItsRotation_framesNobody() throws VerificationException {
        SigningKey old = site.key();
        Header place = site.header();
        long first = federation.append(site.sign(progress(ProgressState.STARTED)));
        site.renewStatementKey();
        Key rotation = Key.newBuilder()
                .setRotate(Rotate.newBuilder()
                        .setKeys(
                                MemberKeys.newBuilder().setStatement(site.keys().getStatement()))
                        .addPossessions(site.prove(site.key())))
                .build();
        federation.append(site.sign(rotation, old, site.key()));
        OpenedEnvelope thief = site.sign(place, progress(ProgressState.WAITING), old);
        Refused.with(Reason.PROVES_NOTHING, () -> ForkProofWriter.equivocation(shown(), first, thief.bytes()));
    }

    @Test
    void keyOfARevokedMember_framesNobody() throws VerificationException {
        Twice twice = twice(site);
        federation
                .root()
                .say(Key.newBuilder()
                        .setRevoke(Revoke.newBuilder().setMember("hospital-a"))
                        .build());
        Refused.with(
                Reason.PROVES_NOTHING,
                () -> ForkProofWriter.equivocation(
                        shown(), twice.first(), twice.second().bytes()));
    }

    @Test
    void evidenceInTheLog_keepsTheProofAfterTheKeyIsGone() throws VerificationException {
        Twice twice = twice(site);
        OpenedEnvelope first = federation.log().get((int) twice.first());
        federation
                .aggregator()
                .say(Evidence.newBuilder()
                        .setMember("hospital-a")
                        .setFirstIndex(twice.first())
                        .setFirst(first.statement().id().toByteString())
                        .setSecond(twice.second().statement().id().toByteString())
                        .setSecondEnvelopeDigest(hash("envelope"))
                        .build());
        federation
                .root()
                .say(Key.newBuilder()
                        .setRevoke(Revoke.newBuilder().setMember("hospital-a"))
                        .build());
        ForkProof proof = ForkProofWriter.equivocation(
                shown(), twice.first(), twice.second().bytes());
        assertThat(reread(proof).verify().accused()).isEqualTo("hospital-a");
    }

    @Test
    void statementsAtDifferentPlaces_proveNothing() throws VerificationException {
        long first = federation.append(site.sign(progress(ProgressState.STARTED)));
        OpenedEnvelope next = site.sign(progress(ProgressState.WAITING));
        Refused.with(Reason.PROVES_NOTHING, () -> ForkProofWriter.equivocation(shown(), first, next.bytes()));
    }

    @Test
    void anotherMembersStatement_framesNobody() throws VerificationException {
        Author other = federation.join("hospital-b", Role.SITE);
        OpenedEnvelope second = other.sign(progress(ProgressState.WAITING));
        long first = federation.append(site.sign(progress(ProgressState.STARTED)));
        Refused.with(Reason.PROVES_NOTHING, () -> ForkProofWriter.equivocation(shown(), first, second.bytes()));
    }

    private OpenedEnvelope withSite(TreeHead head) throws VerificationException {
        return site.sign(
                site.header().toBuilder().setSiteHead(head.toProto()).build(), progress(ProgressState.STARTED));
    }

    /** As a log that does not check the site's proof would. */
    private long appendUnchecked(OpenedEnvelope opened) throws VerificationException {
        federation.standing().apply(federation.log().size(), opened);
        federation.log().add(opened);
        return federation.log().size() - 1L;
    }

    @Test
    void rewrittenSiteLog_isProvedByAPath() throws VerificationException {
        List<Digest> records = otherLeaves(9);
        long first = appendUnchecked(withSite(head(4, "the past as it was")));
        OpenedEnvelope second = withSite(MerkleMath.head(records));
        ForkProof proof = site(first, second, records);
        ForkVerdict verdict = reread(proof).verify();
        assertThat(verdict.kind()).isEqualTo("site-fork");
        assertThat(verdict.accused()).isEqualTo("hospital-a");
        assertThat(verdict.sentence()).contains("rewritten");
    }

    @Test
    void siteLogThatGoesBack_isProvedByTheTwoStatements() throws VerificationException {
        List<Digest> records = otherLeaves(9);
        long first = appendUnchecked(withSite(MerkleMath.head(records)));
        OpenedEnvelope second = withSite(MerkleMath.head(records.subList(0, 4)));
        ForkProof proof = site(first, second, records);
        assertThat(reread(proof).verify().facts().get(2)).contains("only grows");
    }

    @Test
    void siteLogThatGrew_provesNothing() throws VerificationException {
        List<Digest> records = otherLeaves(9);
        long first = appendUnchecked(withSite(MerkleMath.head(records.subList(0, 4))));
        OpenedEnvelope second = withSite(MerkleMath.head(records));
        Refused.with(Reason.PROVES_NOTHING, () -> site(first, second, records));
    }

    @Test
    void anyFlippedBit_makesTheFileProveNothingElse() throws VerificationException {
        Twice twice = twice(site);
        byte[] good = ForkProofWriter.equivocation(
                        shown(), twice.first(), twice.second().bytes())
                .encode()
                .toByteArray();
        List<Integer> accepted = new ArrayList<>();
        // Each seventh bit, which meets every byte and in turn every bit of it.
        for (int bit = 0; bit < good.length * 8; bit += 7) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                ForkVerdict unused = ForkProof.parse(ByteString.copyFrom(bad)).verify();
                accepted.add(bit);
            } catch (VerificationException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
        assertThat(accepted).isEmpty();
    }

    @Test
    void otherFiles_areNoForkProofs() {
        Refused.with(Reason.MALFORMED, () -> ForkProof.parse(ByteString.copyFromUtf8("PK")));
        Refused.with(
                Reason.MALFORMED,
                () -> ForkProof.parse(ByteString.copyFromUtf8("weft-fork-proof-v1\n\u0000\u0001\u0002")));
        Refused.with(
                Reason.PROVES_NOTHING,
                () -> ForkProof.parse(ByteString.copyFromUtf8("weft-fork-proof-v1\n"))
                        .verify());
        Refused.with(Reason.TOO_LARGE, () -> ForkProof.parse(ByteString.copyFrom(new byte[ForkProof.MAX_BYTES + 1])));
    }
}
