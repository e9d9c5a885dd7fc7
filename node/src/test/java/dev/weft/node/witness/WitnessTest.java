package dev.weft.node.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weft.node.config.NodeConfig.WitnessMode;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.bundle.ForkProof;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Cosignature;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.standing.FoundingEntry;
import dev.weft.proto.v1.CosignatureLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A member watches the log that it is shown, and cosigns nothing else. */
class WitnessTest {
    @TempDir
    Path directory;

    private SharedHistory log;
    private WitnessingNode node;

    @BeforeEach
    void open() throws Exception {
        log = new SharedHistory();
        log.say("hospital-b");
        node = new WitnessingNode(directory, log, WitnessMode.MIRROR);
    }

    @AfterEach
    void close() throws Exception {
        node.close();
    }

    private void reopen(WitnessMode mode) throws Exception {
        node.close();
        node = new WitnessingNode(directory, log, mode);
    }

    private void grow(int entries) throws VerificationException {
        for (int i = 0; i < entries; i++) {
            log.say("hospital-" + (char) ('b' + i % 5));
        }
    }

    private void verify(CosignatureLines answer, TreeHead head) throws VerificationException {
        assertThat(answer.getReason()).isEmpty();
        assertThat(answer.getSize()).isEqualTo(head.size());
        Cosignature line = Cosignature.parse(answer.getLines()).get(0);
        line.verify(
                new Checkpoint(SharedHistory.ORIGIN, head).text(),
                NoteVerifier.cosigner(
                        WitnessingNode.NAME, log.witness(WitnessingNode.NAME).verifyingKey()));
    }

    private void refused(CosignatureLines answer, Reason reason) {
        assertThat(answer.getLines()).isEqualTo(ByteString.EMPTY);
        assertThat(answer.getReason()).isEqualTo(reason.code());
    }

    @ParameterizedTest
    @EnumSource(
            value = WitnessMode.class,
            names = {"MIRROR", "LIGHT"})
    void growingLog_isCosignedStepByStep(WitnessMode mode) throws Exception {
        reopen(mode);
        long last = 0;
        for (int more : new int[] {0, 1, 7, 300}) {
            grow(more);
            verify(node.cosign(log, last), log.head());
            last = log.size();
        }
        assertThat(node.witness.view().cosigned()).isEqualTo(log.size());
        assertThat(node.witness.view().mirrored()).isEqualTo(mode == WitnessMode.MIRROR ? log.size() : 0);
    }

    @Test
    void mirror_tailsTheLogWithoutBeingAsked() throws Exception {
        grow(600);
        node.checkpoint(log);
        WitnessingNode.until("the copy is complete", () -> node.witness.view().verified() == log.size());
        assertThat(node.answers).isEmpty();
    }

    @Test
    void requirementOfSecondSignatures_isKnownFromTheCopy_andAgainAfterARestart() throws Exception {
        List<FoundingEntry> told = new CopyOnWriteArrayList<>();
        node.witness.onRequirement(told::add);
        node.checkpoint(log);
        WitnessingNode.until("the copy is complete", () -> node.witness.view().verified() == log.size());
        assertThat(told).isEmpty();
        long index = log.require();
        FoundingEntry stated = new FoundingEntry(index, log.entries(index, 1).get(0));
        node.checkpoint(log);
        WitnessingNode.until("the requirement", () -> !told.isEmpty());
        grow(1);
        node.checkpoint(log);
        WitnessingNode.until("the copy is complete", () -> node.witness.view().verified() == log.size());
        assertThat(told).containsExactly(stated);
        reopen(WitnessMode.MIRROR);
        node.witness.onRequirement(told::add);
        WitnessingNode.until("the requirement again", () -> told.size() == 2);
        assertThat(told).containsExactly(stated, stated);
    }

    @Test
    void wrongOldSize_isAnsweredWithTheRightOne() throws Exception {
        verify(node.cosign(log, 0), log.head());
        long last = log.size();
        grow(2);
        CosignatureLines answer = node.cosign(log, 0);
        refused(answer, Reason.LOG_MOVED);
        assertThat(answer.getWitnessed()).isEqualTo(last);
        verify(node.ask(log, last), log.head());
    }

    @Test
    void restart_goesOnFromWhatWasCosigned_andPullsOnlyTheRest() throws Exception {
        grow(400);
        node.largestBatch = 1_000;
        verify(node.cosign(log, 0), log.head());
        long last = log.size();
        reopen(WitnessMode.MIRROR);
        assertThat(node.witness.view().mirrored()).isEqualTo(last);
        assertThat(node.witness.witnessing().orElseThrow().getSize()).isEqualTo(last);
        grow(5);
        verify(node.cosign(log, last), log.head());
    }

    @Test
    void lostCopy_isMadeAnew_andMustGiveWhatWasCosigned() throws Exception {
        grow(300);
        verify(node.cosign(log, 0), log.head());
        long last = log.size();
        node.close();
        Files.delete(directory.resolve("mirror.db"));
        node = new WitnessingNode(directory, log, WitnessMode.MIRROR);
        assertThat(node.witness.view().mirrored()).isZero();
        grow(1);
        verify(node.cosign(log, last), log.head());
        assertThat(node.witness.view().mirrored()).isEqualTo(log.size());
    }

    @Test
    void splitView_isAForkWithAPath_andNothingIsBelievedAnyMore() throws Exception {
        grow(3);
        SharedHistory other = log.fork();
        log.say("hospital-b");
        verify(node.cosign(log, 0), log.head());
        other.say("hospital-c");
        other.say("hospital-c");
        assertThatThrownBy(() -> node.sharedLog.accept(other.update(log.size())))
                .isInstanceOfSatisfying(
                        VerificationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.FORK));
        assertThat(node.raised("log-forked")).isTrue();
        assertThat(node.sharedLog.forks()).hasSize(1);
        assertThat(node.sharedLog.forks().get(0).path()).isNotEmpty();
        grow(1);
        refused(node.ask(log, log.size() - 1), Reason.FORK);
        reopen(WitnessMode.MIRROR);
        assertThat(node.sharedLog.forked()).isTrue();
        refused(node.ask(log, log.size() - 1), Reason.FORK);
    }

    @Test
    void secondHistoryInARequestAlone_isAFork() throws Exception {
        grow(3);
        SharedHistory other = log.fork();
        log.say("hospital-b");
        verify(node.cosign(log, 0), log.head());
        other.say("hospital-c");
        other.say("hospital-c");
        refused(node.ask(other, log.size()), Reason.FORK);
        assertThat(node.sharedLog.forks()).hasSize(1);
    }

    @Test
    void twoRootsOfOneSize_areAFork() throws Exception {
        SharedHistory other = log.fork();
        log.say("hospital-b");
        other.say("hospital-c");
        verify(node.cosign(log, 0), log.head());
        refused(node.ask(other, log.size()), Reason.FORK);
    }

    @Test
    void rewrittenEntry_neverGivesTheSignedRoot() throws Exception {
        SharedHistory rewritten = log.fork();
        log.say("hospital-b");
        rewritten.say("hospital-b");
        node.served = rewritten;
        node.checkpoint(log);
        WitnessingNode.until("the stream is given up", () -> !node.gaveUp.isEmpty());
        assertThat(node.raised("mirror-mismatch")).isTrue();
        assertThat(node.witness.view().mirrored()).isZero();
        assertThat(node.witness.view().trouble()).isPresent();
        // The next stream finds the log as it was signed.
        node.served = log;
        reopen(WitnessMode.MIRROR);
        verify(node.ask(log, 0), log.head());
    }

    @Test
    void rewrittenTail_isDroppedToWhatHeld() throws Exception {
        grow(290);
        verify(node.cosign(log, 0), log.head());
        long last = log.size();
        SharedHistory rewritten = log.fork();
        grow(300);
        for (int i = 0; i < 300; i++) {
            rewritten.say("hospital-x");
        }
        node.served = rewritten;
        node.checkpoint(log);
        WitnessingNode.until("the stream is given up", () -> !node.gaveUp.isEmpty());
        assertThat(node.witness.view().mirrored()).isEqualTo(last);
        node.served = log;
        reopen(WitnessMode.MIRROR);
        verify(node.ask(log, last), log.head());
    }

    @Test
    void withheldEntries_areSaid() throws Exception {
        node.served = log.fork();
        grow(3);
        node.checkpoint(log);
        WitnessingNode.until("the stream is given up", () -> !node.gaveUp.isEmpty());
        assertThat(node.raised("entries-withheld")).isTrue();
        assertThat(node.witness.view().verified()).isZero();
    }

    @Test
    void shorterLog_isNotCosigned() throws Exception {
        SharedHistory before = log.fork();
        grow(4);
        verify(node.cosign(log, 0), log.head());
        refused(node.ask(before, log.size() > 0 ? before.size() : 0), Reason.LOG_MOVED);
        assertThatThrownBy(() -> node.sharedLog.accept(before.update(0))).isInstanceOf(VerificationException.class);
    }

    @Test
    void entryThatTheRulesForbid_endsCosigning() throws Exception {
        verify(node.cosign(log, 0), log.head());
        long last = log.size();
        log.suspendWithAForeignKey();
        CosignatureLines answer = node.cosign(log, last);
        assertThat(answer.getLines()).isEqualTo(ByteString.EMPTY);
        assertThat(node.raised("log-broken")).isTrue();
        assertThat(node.witness.view().cosigned()).isEqualTo(last);
        grow(1);
        refused(node.cosign(log, last), Reason.STOPPED);
    }

    @Test
    void ownStatementThatWasNotMadeHere_isSaid_andTheLogIsNotBlamed() throws Exception {
        Digest mine = log.say(WitnessingNode.NAME);
        node.own.add(mine);
        verify(node.cosign(log, 0), log.head());
        assertThat(node.raised("foreign-statement")).isFalse();
        long last = log.size();
        log.say(WitnessingNode.NAME);
        verify(node.cosign(log, last), log.head());
        assertThat(node.raised("foreign-statement")).isTrue();
    }

    @Test
    void ownStatementThatIsLeftOut_showsWithTheNextOne() throws Exception {
        SharedHistory honest = log.fork();
        honest.say(WitnessingNode.NAME);
        SharedHistory without = log.fork();
        without.skip(WitnessingNode.NAME);
        without.say(WitnessingNode.NAME);
        node.served = without;
        assertThat(node.cosign(without, 0).getLines()).isEqualTo(ByteString.EMPTY);
        assertThat(node.raised("log-broken")).isTrue();
    }

    @Test
    void authorThatSawAnotherLog_isAnAlarm_andNoReasonToStop() throws Exception {
        grow(3);
        log.say("hospital-b", new TreeHead(3, Hashing.sha256(ByteString.copyFromUtf8("another"))));
        log.say("hospital-c", log.head(4));
        verify(node.cosign(log, 0), log.head());
        assertThat(node.raised("seen-contradiction")).isTrue();
        assertThat(node.events.recent()).hasSize(1);
    }

    @Test
    void overtakenRequests_areAnswered_andNeverOnAnotherStream() throws Exception {
        node.silent = true;
        node.checkpoint(log);
        var overHttp = node.witness.cosign(log.ask(0));
        node.witness.asked(log.ask(0));
        refused(overHttp.get(20, TimeUnit.SECONDS), Reason.BUSY);

        node.silent = false;
        node.reconnect();
        verify(node.ask(log, 0), log.head());
        assertThat(node.answers).as("on the new stream").isEmpty();
    }

    @Test
    void directoryThatWasSetBack_cosignsNothing() throws Exception {
        node.mustNot = java.util.Optional.of("the anchor is ahead of the database");
        assertThat(node.witness.witnessing()).isEmpty();
        refused(node.cosign(log, 0), Reason.STOPPED);
    }

    @Test
    void offMode_neitherOffersNorCosigns() throws Exception {
        reopen(WitnessMode.OFF);
        assertThat(node.witness.witnessing()).isEmpty();
        refused(node.cosign(log, 0), Reason.STOPPED);
    }

    @Test
    void lightMode_cosignsNothingThatItsStreamDidNotShow() throws Exception {
        reopen(WitnessMode.LIGHT);
        node.checkpoint(log);
        grow(2);
        refused(node.ask(log, 0), Reason.BAD_CONSISTENCY_PROOF);
        verify(node.cosign(log, 0), log.head());
    }

    private Forks forks() {
        return Forks.keep(
                node.sharedLog,
                new Forks.Founded(log.genesis(), List.of(), Optional.empty()),
                new ForkFolder(directory));
    }

    @Test
    void fork_isWrittenAsAFileThatConvincesAnybody_andAgainAfterACrash() throws Exception {
        grow(3);
        SharedHistory other = log.fork();
        log.say("hospital-b");
        node.checkpoint(log);
        Forks forks = forks();
        assertThat(forks.found()).isEmpty();
        other.say("hospital-c");
        other.say("hospital-c");
        assertThatThrownBy(() -> node.sharedLog.accept(other.update(log.size())))
                .isInstanceOf(VerificationException.class);
        Path file = forks.found().get(0).file().orElseThrow();
        assertThat(ForkProof.parse(ByteString.copyFrom(Files.readAllBytes(file)))
                        .verify()
                        .kind())
                .isNotEmpty();
        Files.delete(file);
        reopen(WitnessMode.MIRROR);
        assertThat(forks().found().get(0).file()).contains(file);
        assertThat(file).exists();
    }

    @Test
    void checkpointThatAnotherMemberWasShown_isComparedWithTheCopy() throws Exception {
        grow(5);
        SharedHistory other = log.fork();
        grow(3);
        verify(node.cosign(log, 0), log.head());
        assertThat(node.witness.compare(log.note(4)).get()).startsWith("the same log");
        assertThat(node.witness.compare(log.note()).get()).startsWith("the same log");
        for (int i = 0; i < 4; i++) {
            other.say("hospital-x");
        }
        assertThat(node.witness.compare(other.note()).get()).startsWith("not decided");
        assertThat(node.sharedLog.forked()).isFalse();
        // Of a size that this node never saw, and that is a power of two: a path alone would not tell.
        assertThat(other.note(8)).isNotEqualTo(log.note(8));
        assertThatThrownBy(() -> node.witness.compare(other.note(8)).get())
                .hasCauseInstanceOf(VerificationException.class);
        assertThat(node.raised("log-forked")).isTrue();
        Path file = forks().found().get(0).file().orElseThrow();
        assertThat(ForkProof.parse(ByteString.copyFrom(Files.readAllBytes(file)))
                        .verify()
                        .kind())
                .isNotEmpty();
        refused(node.ask(log, log.size()), Reason.FORK);
    }

    @Test
    void foreignNote_isNoFork() throws Exception {
        verify(node.cosign(log, 0), log.head());
        SharedHistory foreign = new SharedHistory();
        foreign.say("hospital-b");
        assertThatThrownBy(() -> node.witness.compare(foreign.note()).get())
                .hasCauseInstanceOf(VerificationException.class);
        assertThat(node.sharedLog.forked()).isFalse();
    }
}
