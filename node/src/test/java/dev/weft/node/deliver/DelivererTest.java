package dev.weft.node.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weft.node.deliver.DeliveryStatus.State;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.SignedEnvelope;
import dev.weft.proto.v1.Goodbye;
import dev.weft.proto.v1.ReceiptProof;
import dev.weft.proto.v1.Receipts;
import dev.weft.proto.v1.Refusal;
import dev.weft.proto.v1.Submission;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DelivererTest {
    private final SecureRandom random = new SecureRandom();

    @TempDir
    Path directory;

    private FakeAggregator aggregator;
    private Site site;

    @BeforeEach
    void open() throws Exception {
        aggregator = new FakeAggregator(random);
        site = new Site(directory, aggregator, random);
    }

    @AfterEach
    void close() throws Exception {
        site.close();
        aggregator.close();
    }

    private void reopen() throws Exception {
        site.close();
        site = new Site(directory, aggregator, random);
    }

    private State state() {
        return site.deliverer.status().state();
    }

    private static Refusal refusal(Submission submission, boolean retry) {
        return Refusal.newBuilder()
                .setSeq(submission.getSeq())
                .setReason(retry ? "busy" : "bad-value")
                .setMessage("Change it.")
                .setRetry(retry)
                .build();
    }

    @Test
    void statements_becomeDurableInOrderWithTheirExactBytes() {
        List<SignedEnvelope> said = site.say(20);
        site.deliverer.start();
        Await.until("all durable", () -> site.durable() == 20);
        for (int seq = 0; seq < 20; seq++) {
            assertThat(aggregator.entry(2 + seq)).isEqualTo(said.get(seq).bytes());
            assertThat(site.statements().get(seq).receipt().orElseThrow().index())
                    .isEqualTo(2 + seq);
        }
        assertThat(site.deliverer.status().pending()).isZero();
        assertThat(site.sharedLog.held().size()).isEqualTo(22);
    }

    @Test
    void statementsSaidLater_leaveByThemselves() {
        site.deliverer.start();
        Await.until("connected", () -> state() == State.CONNECTED);
        site.say(1);
        site.say(2);
        Await.until("all durable", () -> site.durable() == 3);
    }

    @Test
    void statementThatTheAnchorDoesNotCover_staysHere() {
        site.say(2);
        site.sayWithoutAnchor(3);
        site.deliverer.start();
        Await.until("the covered ones durable", () -> site.durable() == 2);
        assertThat(aggregator.received).allMatch(submission -> submission.getSeq() < 2);
        site.anchored.set(5);
        site.deliverer.wake();
        Await.until("the rest durable", () -> site.durable() == 5);
    }

    @Test
    void restart_resumesAtTheFirstStatementWithoutAReceipt() throws Exception {
        site.say(3);
        site.deliverer.start();
        Await.until("durable", () -> site.durable() == 3);
        aggregator.manners.silent = true;
        site.say(2);
        Await.until("sent", () -> aggregator.received.stream().anyMatch(s -> s.getSeq() == 4));
        reopen();
        aggregator.manners.silent = false;
        site.deliverer.start();
        Await.until("durable after the restart", () -> site.durable() == 5);
        assertThat(aggregator.hellos.get(aggregator.hellos.size() - 1).getNextSeq())
                .isEqualTo(3);
        assertThat(aggregator.leaves()).hasSize(7); // nothing twice
    }

    @Test
    void aggregatorThatIsDown_isSaidAndCaughtUpWithLater() throws Exception {
        aggregator.stop();
        site.say(2);
        site.deliverer.start();
        AtomicReference<DeliveryStatus> seen = new AtomicReference<>(site.deliverer.status());
        Await.until("the status says so", () -> {
            // One look: between two it may have begun to try again.
            DeliveryStatus now = site.deliverer.status();
            seen.set(now);
            return now.state() == State.WAITING;
        });
        DeliveryStatus status = Objects.requireNonNull(seen.get());
        assertThat(status.detail()).contains("cannot be reached").doesNotContain("io exception");
        assertThat(status.lastTry()).isPresent();
        site.say(1); // recording goes on
        aggregator.restart();
        Await.until("caught up", () -> site.durable() == 3);
    }

    @Test
    void aggregatorThatDoesNotAnswer_isAskedAnew() {
        aggregator.manners.silent = true;
        site.say(1);
        site.deliverer.start();
        Await.until("a second stream", () -> aggregator.hellos.size() >= 2);
        aggregator.manners.silent = false;
        Await.until("durable", () -> site.durable() == 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, -3650, 3650})
    void clockThatJumpsWhileAnAnswerIsAwaited_neitherHidesTheSilenceNorLosesAnything(long days) {
        aggregator.manners.silent = true;
        site.say(1);
        site.deliverer.start();
        Await.until("sent", () -> !aggregator.received.isEmpty());
        site.clockOff.set(Duration.ofDays(days));
        Await.until("a second stream", () -> aggregator.hellos.size() >= 2);
        aggregator.manners.silent = false;
        Await.until("durable", () -> site.durable() == 1);
        site.clockOff.set(Duration.ZERO);
        site.say(3);
        Await.until("all durable", () -> site.durable() == 4);
        assertThat(aggregator.leaves()).as("each once").hasSize(6);
    }

    @Test
    void otherProtocolVersion_isSaidAndNothingIsSent() {
        aggregator.manners.version = 2;
        site.say(1);
        site.deliverer.start();
        Await.until("said", () -> site.deliverer.status().detail().contains("protocol version 2"));
        assertThat(aggregator.received).isEmpty();
        aggregator.manners.version = 1;
        Await.until("durable", () -> site.durable() == 1);
    }

    @Test
    void receiptWithAWrongProof_isNotBelieved() {
        aggregator.manners.receipts = honest -> withReceipt(
                honest,
                honest.getReceipts(0).toBuilder()
                        .setInclusion(
                                0, Hashing.sha256(ByteString.copyFromUtf8("x")).toByteString())
                        .build());
        site.say(1);
        site.deliverer.start();
        Await.until("the event", () -> site.raised("receipt-refused"));
        assertThat(site.durable()).isZero();
        aggregator.manners.receipts = honest -> honest;
        Await.until("durable once it is honest", () -> site.durable() == 1);
    }

    @Test
    void receiptForSomebodyElsesIndex_isNotBelieved() {
        aggregator.manners.receipts = honest -> withReceipt(
                honest, honest.getReceipts(0).toBuilder().setIndex(1).build());
        site.say(1);
        site.deliverer.start();
        Await.until("the event", () -> site.raised("receipt-refused"));
        assertThat(site.durable()).isZero();
    }

    @Test
    void receiptForAStatementThatIsNotInFlight_isNotBelieved() {
        aggregator.manners.receipts = honest ->
                withReceipt(honest, honest.getReceipts(0).toBuilder().setSeq(7).build());
        site.say(1);
        site.deliverer.start();
        Await.until("the event", () -> site.raised("receipt-refused"));
        assertThat(site.durable()).isZero();
    }

    @Test
    void receiptToACheckpointThatWasNotSent_isNotBelieved() {
        aggregator.manners.receipts = honest -> honest.toBuilder().setSize(2).build();
        site.say(1);
        site.deliverer.start();
        Await.until("the event", () -> site.raised("receipt-refused"));
        assertThat(site.durable()).isZero();
    }

    private static Receipts withReceipt(Receipts receipts, ReceiptProof one) {
        return receipts.toBuilder().setReceipts(0, one).build();
    }

    @Test
    void checkpointThatIsNotProvedToExtendTheOneHeld_isNotBelieved() {
        site.say(1);
        site.deliverer.start();
        Await.until("durable", () -> site.durable() == 1);
        TreeHead held = site.sharedLog.held();
        aggregator.manners.checkpoints = honest -> honest.toBuilder()
                .setNote(aggregator.note(new TreeHead(4, Hashing.sha256(ByteString.copyFromUtf8("another tree")))))
                .build();
        site.say(1);
        Await.until("the event", () -> site.raised("checkpoint-refused"));
        assertThat(site.sharedLog.held()).isEqualTo(held);
        assertThat(site.durable()).isEqualTo(1);
    }

    @Test
    void unsignedCheckpoint_isNotBelieved() {
        aggregator.manners.checkpoints = honest ->
                honest.toBuilder().setNote(ByteString.copyFromUtf8("nothing")).build();
        site.say(1);
        site.deliverer.start();
        Await.until("the event", () -> site.raised("checkpoint-refused"));
        assertThat(site.durable()).isZero();
    }

    @Test
    void twoRootsForOneSize_endAllTrustForGood() throws Exception {
        site.say(1);
        site.deliverer.start();
        Await.until("durable", () -> site.durable() == 1);
        aggregator.manners.checkpoints = honest -> honest.toBuilder()
                .setNote(aggregator.note(new TreeHead(3, Hashing.sha256(ByteString.copyFromUtf8("a fork")))))
                .build();
        site.say(1);
        Await.until("distrust", () -> state() == State.DISTRUSTED);
        assertThat(site.raised("log-forked")).isTrue();
        aggregator.manners.checkpoints = honest -> honest;
        reopen();
        site.deliverer.start();
        Await.until("distrust after a restart", () -> state() == State.DISTRUSTED);
        assertThat(site.durable()).isEqualTo(1);
    }

    @Test
    void refusalForNow_isTriedAgain() {
        AtomicInteger refusals = new AtomicInteger();
        aggregator.manners.refuses = submission -> submission.getSeq() == 1 && refusals.incrementAndGet() <= 3
                ? Optional.of(refusal(submission, true))
                : Optional.empty();
        site.say(4);
        site.deliverer.start();
        Await.until("all durable", () -> site.durable() == 4);
        assertThat(site.statements()).allMatch(statement -> statement.refusal().isEmpty());
    }

    @Test
    void refusalForGood_stopsTheSequenceAndSaysWhy() throws Exception {
        aggregator.manners.refuses =
                submission -> submission.getSeq() >= 1 ? Optional.of(refusal(submission, false)) : Optional.empty();
        site.say(3);
        site.deliverer.start();
        Await.until("blocked", () -> state() == State.BLOCKED);
        assertThat(site.deliverer.status().refusal().orElseThrow().reason()).isEqualTo("bad-value");
        assertThat(site.deliverer.status().detail()).contains("statement 1").contains("Change it.");
        assertThat(site.durable()).isEqualTo(1);
        assertThat(site.metrics.text()).contains("weft_node_refusals_total{reason=\"bad-value\"}");
        int sent = aggregator.received.size();
        site.say(1);
        assertThat(aggregator.received).hasSize(sent);
        aggregator.manners.refuses = submission -> Optional.empty();
        reopen();
        site.deliverer.start();
        Await.until("tried once more after a restart", () -> site.durable() == 4);
    }

    @Test
    void goodbyeWithATime_isFollowedByAnotherStream() {
        aggregator.manners.goodbye = Optional.of(Goodbye.newBuilder()
                .setReason("shutdown")
                .setRetryAfterSeconds(1)
                .build());
        site.say(1);
        site.deliverer.start();
        Await.until("waiting", () -> state() == State.WAITING);
        aggregator.manners.goodbye = Optional.empty();
        Await.until("durable", () -> site.durable() == 1);
    }

    @Test
    void goodbyeForGood_isHeeded() {
        aggregator.manners.goodbye = Optional.of(Goodbye.newBuilder()
                .setReason("revoked")
                .setMessage("This membership was revoked.")
                .build());
        site.say(1);
        site.deliverer.start();
        Await.until("dismissed", () -> state() == State.DISMISSED);
        assertThat(site.deliverer.status().detail()).contains("revoked");
        assertThat(aggregator.hellos).hasSize(1);
    }

    @Test
    void aggregatorThatKnowsMoreThanWasSigned_getsNothing() {
        aggregator.manners.pretendsToExpect = 5;
        site.say(1);
        site.deliverer.start();
        Await.until("the event", () -> site.raised("sequence-mismatch"));
        assertThat(aggregator.received).isEmpty();
    }

    @Test
    void aggregatorThatLostWhatItReceipted_getsNothing() {
        site.say(2);
        site.deliverer.start();
        Await.until("durable", () -> site.durable() == 2);
        aggregator.manners.pretendsToExpect = 1;
        site.deliverer.reconnect();
        Await.until("the event", () -> site.raised("sequence-mismatch"));
        assertThat(site.durable()).isEqualTo(2);
    }

    @Test
    void twoStatementsForOneSeq_areNeverQueued() {
        SignedEnvelope first = site.sayWithoutAnchor(1).get(0);
        assertThatThrownBy(() -> site.database
                        .writer()
                        .submit(connection -> {
                            site.outbox.append(connection, first, List.of(), List.of());
                            return true;
                        })
                        .join())
                .hasMessageContaining("UNIQUE");
        assertThat(site.signed()).isEqualTo(1);
    }

    @Test
    void receipt_leadsToAKeptNote() throws Exception {
        site.say(1);
        site.deliverer.start();
        Await.until("durable", () -> site.durable() == 1);
        DeliveredStatement statement = site.statements().get(0);
        ByteString note = site.read(connection -> site.sharedLog
                .note(connection, statement.receipt().orElseThrow().size())
                .orElseThrow());
        assertThat(note).isEqualTo(aggregator.note(site.sharedLog.held()));
        statement.receipt().orElseThrow().verify(MerkleMath.leafHash(statement.envelope()), site.sharedLog.held());
    }
}
