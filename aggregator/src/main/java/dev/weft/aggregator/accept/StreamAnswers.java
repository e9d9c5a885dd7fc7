package dev.weft.aggregator.accept;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.publish.FinalHead;
import dev.weft.aggregator.publish.Published;
import dev.weft.aggregator.publish.PublishedHead;
import dev.weft.aggregator.watch.Metrics;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.log.LogStore;
import dev.weft.proto.v1.AddCheckpoint;
import dev.weft.proto.v1.AggregatorMessage;
import dev.weft.proto.v1.CheckpointUpdate;
import dev.weft.proto.v1.EntryBatch;
import dev.weft.proto.v1.Goodbye;
import dev.weft.proto.v1.ReceiptProof;
import dev.weft.proto.v1.Receipts;
import dev.weft.proto.v1.Refusal;
import dev.weft.proto.v1.SealedAnswer;
import dev.weft.proto.v1.SealedMessage;
import dev.weft.proto.v1.StatedRequirement;
import dev.weft.proto.v1.Welcome;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What goes out on one stream, from any thread. Answers are collected until the batch has ended and the transport is
 * ready; then they leave together: one checkpoint if the head is new to this stream, one list of receipts that lead to
 * it, and the refusals. Each answered statement makes room for one more.
 */
final class StreamAnswers {
    private static final int MOST_ENTRY_BYTES = 1 << 20;

    private record Indexed(long seq, long index) {}

    private final ServerCallStreamObserver<AggregatorMessage> out;
    private final Published published;
    private final Metrics metrics;
    private final int window;
    private final StreamFinality finality;
    private final List<Indexed> receipts = new ArrayList<>();
    private final List<Refusal> refusals = new ArrayList<>();
    private @Nullable EntryBatch entries;
    private boolean readingEntries;
    private long sentSize;
    private long lastIndex = -1;
    private boolean welcomed;
    private boolean sending;
    private int unanswered;
    private int refusedInARow;
    private boolean halfClosed;
    private boolean closed;
    private @Nullable Instant waitingSince;

    StreamAnswers(
            ServerCallStreamObserver<AggregatorMessage> out,
            LogStore entries,
            Published published,
            Metrics metrics,
            int window) {
        this.out = out;
        this.finality = new StreamFinality(entries);
        this.published = published;
        this.metrics = metrics;
        this.window = window;
    }

    /** The outcome of one submission; a second answer to it is ignored. */
    final class Answer implements Outcome {
        private final long seq;
        private boolean given;

        private Answer(long seq) {
            this.seq = seq;
        }

        @Override
        public void appended(long index) {
            synchronized (StreamAnswers.this) {
                if (!given) {
                    given = true;
                    refusedInARow = 0;
                    receipts.add(new Indexed(seq, index));
                }
            }
        }

        @Override
        public void refused(VerificationException why, long expectedSeq) {
            synchronized (StreamAnswers.this) {
                if (!given) {
                    given = true;
                    refusedInARow++;
                    refusals.add(Refusal.newBuilder()
                            .setSeq(seq)
                            .setReason(why.reason().code())
                            .setMessage(why.getMessage())
                            .setRetry(isHealedByTime(why.reason()))
                            .setExpectedSeq(expectedSeq)
                            .build());
                }
            }
        }

        @Override
        public void batchEnded() {
            flush();
        }
    }

    Answer answer(long seq) {
        return new Answer(seq);
    }

    /** Counts a statement in; false where the window is full. */
    synchronized boolean take() {
        unanswered++;
        return unanswered <= window;
    }

    synchronized int refusedInARow() {
        return refusedInARow;
    }

    /** @param requirement root's statement that requires second signatures, where there is one */
    synchronized void welcome(Welcome.Builder welcome, Optional<StatedRequirement.Builder> requirement, long seen) {
        sentSize = seen;
        welcomed = true;
        if (closed) {
            return;
        }
        PublishedHead head = published.current();
        Optional<AggregatorMessage> checkpoint = checkpoint(head);
        requirement.ifPresent(stated -> {
            stated.setSize(head.size())
                    .addAllInclusion(
                            head.log().inclusion(stated.getIndex(), head.size()).toProto());
            checkpoint.ifPresent(sent -> stated.setCheckpoint(sent.getCheckpoint()));
            welcome.setRequirement(stated);
        });
        out.onNext(AggregatorMessage.newBuilder().setWelcome(welcome).build());
        checkpoint.ifPresent(out::onNext);
    }

    /** Sends what is due, as far as the transport takes it. */
    synchronized void flush() {
        if (sending) {
            // A transport that runs the peer on this thread: whoever is sending sends this too.
            return;
        }
        sending = true;
        long start = System.nanoTime();
        try {
            while (welcomed && !closed && !isIdle() && out.isReady()) {
                sendDue();
            }
        } finally {
            sending = false;
        }
        metrics.spent(Metrics.Stage.ANSWER, start);
    }

    private boolean isIdle() {
        return receipts.isEmpty() && refusals.isEmpty() && entries == null;
    }

    private void sendDue() {
        waitingSince = null;
        List<AggregatorMessage> due = new ArrayList<>();
        int answered = receipts.size() + refusals.size();
        if (!receipts.isEmpty()) {
            PublishedHead head = published.current();
            checkpoint(head).ifPresent(due::add);
            due.add(receipts(head));
        }
        refusals.forEach(refusal ->
                due.add(AggregatorMessage.newBuilder().setRefusal(refusal).build()));
        refusals.clear();
        unanswered -= answered;
        EntryBatch batch = entries;
        if (batch != null) {
            entries = null;
            readingEntries = false;
            answered++;
            due.add(AggregatorMessage.newBuilder().setEntries(batch).build());
        }
        for (AggregatorMessage message : due) {
            if (!closed) {
                out.onNext(message);
            }
        }
        if (!closed) {
            out.request(answered);
        }
        if (halfClosed) {
            completeWhenAnswered();
        }
    }

    private AggregatorMessage receipts(PublishedHead head) {
        receipts.sort(Comparator.comparingLong(Indexed::seq));
        Receipts.Builder message = Receipts.newBuilder().setSize(head.size());
        for (Indexed receipt : receipts) {
            lastIndex = Math.max(lastIndex, receipt.index());
            message.addReceipts(ReceiptProof.newBuilder()
                    .setSeq(receipt.seq())
                    .setIndex(receipt.index())
                    .addAllInclusion(
                            head.log().inclusion(receipt.index(), head.size()).toProto()));
        }
        receipts.clear();
        return AggregatorMessage.newBuilder().setReceipts(message).build();
    }

    private Optional<AggregatorMessage> checkpoint(PublishedHead head) {
        if (head.size() <= sentSize) {
            return Optional.empty();
        }
        CheckpointUpdate update = CheckpointUpdate.newBuilder()
                .setNote(head.note())
                .setOldSize(sentSize)
                .addAllConsistency(head.log().consistency(sentSize, head.size()).toProto())
                .build();
        sentSize = head.size();
        return Optional.of(AggregatorMessage.newBuilder().setCheckpoint(update).build());
    }

    /** Asks the node for a cosignature; the checkpoint goes before, so that the node can compare the two. */
    synchronized void ask(AddCheckpoint request, PublishedHead head) {
        if (!closed && welcomed) {
            checkpoint(head).ifPresent(out::onNext);
            out.onNext(AggregatorMessage.newBuilder().setAddCheckpoint(request).build());
        }
    }

    /** Hands a sealed message to its reader, who is sent the next one once it has taken this one. */
    synchronized void sealed(SealedMessage message) {
        if (!closed && welcomed) {
            out.onNext(AggregatorMessage.newBuilder().setSealed(message).build());
        }
    }

    /** Tells a sender what became of a sealed message; it may send the next one. */
    synchronized void sealed(SealedAnswer answer) {
        if (!closed && welcomed) {
            out.onNext(AggregatorMessage.newBuilder().setSealedAnswer(answer).build());
            out.request(1);
        }
    }

    /** A newer checkpoint is final: told at once where this node waits for it, else with the next tick. */
    synchronized void finality(FinalHead head) {
        finality.set(head);
        if (finality.isAwaited(lastIndex)) {
            tellFinality();
        }
    }

    private void tellFinality() {
        if (!closed && welcomed && finality.isNews() && out.isReady()) {
            PublishedHead head = published.current();
            checkpoint(head).ifPresent(out::onNext);
            if (sentSize >= finality.size() && sentSize <= head.size()) {
                out.onNext(finality.message(sentSize, head));
            }
        }
    }

    /** Reserves the one answer with entries; false where one is on its way. */
    synchronized boolean startEntries() {
        boolean first = !readingEntries;
        readingEntries = true;
        return first;
    }

    synchronized void entries(long first, List<ByteString> found) {
        EntryBatch.Builder batch = EntryBatch.newBuilder().setFirst(first);
        int bytes = 0;
        for (ByteString entry : found) {
            bytes += entry.size();
            if (bytes > MOST_ENTRY_BYTES && batch.getEntriesCount() > 0) {
                break;
            }
            batch.addEntries(entry);
        }
        entries = batch.build();
        flush();
    }

    /** Tells an idle stream of a new head; true where answers have waited too long for their reader. */
    synchronized boolean tick(Instant now, Duration stall) {
        if (closed) {
            return false;
        }
        if (out.isReady()) {
            waitingSince = null;
            flush();
            if (!closed && welcomed) {
                checkpoint(published.current()).ifPresent(out::onNext);
                tellFinality();
            }
            return false;
        }
        Instant since = waitingSince;
        if (since == null || now.isBefore(since)) {
            // Begun, or begun anew by a clock that was set back: it must not be waited for until then.
            waitingSince = now;
            return false;
        }
        return Duration.between(since, now).compareTo(stall) > 0;
    }

    synchronized void goodbye(VerificationException why, int retryAfterSeconds) {
        if (closed) {
            return;
        }
        flush();
        if (!closed) {
            closed = true;
            out.onNext(AggregatorMessage.newBuilder()
                    .setGoodbye(Goodbye.newBuilder()
                            .setReason(why.reason().code())
                            .setMessage(why.getMessage())
                            .setRetryAfterSeconds(retryAfterSeconds))
                    .build());
            out.onCompleted();
        }
    }

    /** The node sends no more: completes at once, or after the last answer. */
    synchronized void completeWhenAnswered() {
        halfClosed = true;
        if (!closed && unanswered == 0 && !readingEntries) {
            closed = true;
            out.onCompleted();
        }
    }

    /** Nothing goes out any more. */
    synchronized void close() {
        closed = true;
    }

    private static boolean isHealedByTime(Reason reason) {
        return switch (reason) {
            case BUSY,
                    DISK_FULL,
                    OUT_OF_ORDER,
                    SECOND_SIGNATURE_MISSING, // on its way when root required it: it gains the signature and comes
                    // again
                    SHUTDOWN,
                    STOPPED,
                    SUSPENDED,
                    INTERNAL -> true;
            default -> false;
        };
    }
}
