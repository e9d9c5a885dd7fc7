package dev.weft.it.load;

import dev.weft.proto.VerificationException;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.v1.AggregatorMessage;
import dev.weft.proto.v1.ExchangeGrpc;
import dev.weft.proto.v1.Hello;
import dev.weft.proto.v1.NodeMessage;
import dev.weft.proto.v1.ReceiptProof;
import dev.weft.proto.v1.Receipts;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One member's stream: keeps to the window it was given, and believes no receipt that does not verify. */
final class LoadStream implements AutoCloseable, StreamObserver<AggregatorMessage> {
    /** gRPC's frame before each message, and HTTP/2's before each frame of data. */
    static final int FRAMING = 5 + 9;

    /** Below the window that is granted: a hundred full windows would be more than the daemon's queue takes. */
    private static final int IN_FLIGHT = 64;

    private record Flying(Prepared statement, long due) {}

    private final ManagedChannel channel;
    private final Checkpoints checkpoints;
    private final CompletableFuture<Void> welcomed = new CompletableFuture<>();
    private final Deque<Prepared> signed = new ArrayDeque<>();
    private final Deque<Long> due = new ArrayDeque<>();
    private final Map<Long, Flying> flying = new HashMap<>();
    private final StreamObserver<NodeMessage> up;
    private Tally tally;
    private @Nullable FinalityTally finality;
    private TreeHead head = TreeHead.EMPTY;
    private int window;
    private boolean closed;

    LoadStream(Seated member, Wires wires, Checkpoints checkpoints, Tally tally, long nextSeq) {
        this.checkpoints = checkpoints;
        this.tally = tally;
        this.channel = wires.open(member.tls(), member.chain(), member.ca());
        this.up = ExchangeGrpc.newStub(channel).connect(this);
        up.onNext(NodeMessage.newBuilder()
                .setHello(Hello.newBuilder()
                        .addProtocolVersions(1)
                        .setFederation(member.federation().toByteString())
                        .setNextSeq(nextSeq)
                        .setSoftware("weft-load"))
                .build());
    }

    /** Completes when the aggregator has welcomed it. */
    CompletableFuture<Void> welcomed() {
        return welcomed;
    }

    /** From here on, another run is counted. */
    synchronized void count(Tally next) {
        tally = next;
    }

    /** From here on, it is also counted when statements become final. */
    synchronized void watch(FinalityTally next) {
        finality = next;
    }

    synchronized void prepare(Collection<Prepared> more) {
        signed.addAll(more);
    }

    /** One more statement is due now; it leaves when the window has room. */
    synchronized void due(long nanoTime) {
        due.addLast(nanoTime);
        pump();
    }

    private void pump() {
        while (!closed && !due.isEmpty() && !signed.isEmpty() && flying.size() < window) {
            Prepared next = signed.removeFirst();
            flying.put(next.seq(), new Flying(next, due.removeFirst()));
            tally.submission(next.message().getSerializedSize() + FRAMING);
            up.onNext(next.message());
        }
    }

    /** Statements that are due or on their way. */
    synchronized int open() {
        return due.size() + flying.size();
    }

    /** Forgets what is due and not sent yet. */
    synchronized void forget() {
        due.clear();
    }

    @Override
    public synchronized void onNext(AggregatorMessage message) {
        try {
            switch (message.getMessageCase()) {
                case WELCOME ->
                    window = Math.min(IN_FLIGHT, message.getWelcome().getWindow());
                case CHECKPOINT -> {
                    head = checkpoints.verify(message.getCheckpoint().getNote());
                    tally.checkpoint(message.getSerializedSize() + FRAMING);
                    welcomed.complete(null);
                }
                case RECEIPTS -> receipts(message);
                case REFUSAL ->
                    tally.failure("refused: " + message.getRefusal().getReason() + " "
                            + message.getRefusal().getMessage());
                case GOODBYE -> tally.failure("goodbye: " + message.getGoodbye().getReason());
                case FINAL -> {
                    if (finality != null) {
                        finality.told(message.getFinal());
                    }
                }
                default -> {
                    // Entries are for mirrors, and none were asked for.
                }
            }
        } catch (VerificationException e) {
            tally.failure("does not verify: " + e.getMessage());
        }
    }

    private void receipts(AggregatorMessage message) throws VerificationException {
        Receipts receipts = message.getReceipts();
        if (receipts.getSize() != head.size()) {
            tally.failure("receipts lead to " + receipts.getSize() + ", the checkpoint is at " + head.size());
            return;
        }
        tally.receiptBytes(message.getSerializedSize() + FRAMING);
        for (ReceiptProof receipt : receipts.getReceiptsList()) {
            Flying sent = flying.remove(receipt.getSeq());
            if (sent == null) {
                tally.failure("a receipt came for seq " + receipt.getSeq() + ", which is not on its way");
                continue;
            }
            InclusionProof.parse(receipt.getIndex(), receipts.getSize(), receipt.getInclusionList())
                    .verify(sent.statement().leaf(), head);
            long now = System.nanoTime();
            tally.receipt(now - sent.due(), now);
            if (finality != null) {
                finality.receipt(receipt.getIndex(), sent.due());
            }
        }
        pump();
    }

    synchronized TreeHead head() {
        return head;
    }

    @Override
    public void onError(Throwable failure) {
        welcomed.completeExceptionally(failure);
        if (!closed) {
            tally.failure("the stream ended: " + failure);
        }
    }

    @Override
    public void onCompleted() {
        onError(new IllegalStateException("the aggregator ended the stream"));
    }

    @Override
    public void close() {
        closed = true;
        channel.shutdownNow();
    }
}
