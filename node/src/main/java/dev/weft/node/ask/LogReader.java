package dev.weft.node.ask;

import com.google.protobuf.ByteString;
import dev.weft.node.deliver.Peer;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.bundle.LogEntries;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.log.TlogFiles;
import dev.weft.proto.v1.AggregatorMessage;
import dev.weft.proto.v1.EntriesRequest;
import dev.weft.proto.v1.EntryBatch;
import dev.weft.proto.v1.ExchangeGrpc;
import dev.weft.proto.v1.Goodbye;
import dev.weft.proto.v1.Hello;
import dev.weft.proto.v1.NodeMessage;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Entries of the shared log: from this node's own copy as far as that reaches, else as the aggregator hands them out, each
 * time over a short stream of its own beside the one that delivers. Nothing is checked here: whoever reads compares what
 * comes with a checkpoint.
 */
public final class LogReader implements LogEntries {
    private final Supplier<Optional<TlogFiles>> copy;
    private final Peer peer;
    private final Digest federation;
    private final String software;
    private final Duration patience;

    /**
     * Reads nothing yet.
     *
     * @param copy of the log at this node; empty where it keeps none
     * @param software for people at the other side
     * @param patience for one answer
     */
    public LogReader(
            Supplier<Optional<TlogFiles>> copy, Peer peer, Digest federation, String software, Duration patience) {
        this.copy = copy;
        this.peer = peer;
        this.federation = federation;
        this.software = software;
        this.patience = patience;
    }

    @Override
    public List<ByteString> entries(long first, int count) throws VerificationException {
        Optional<TlogFiles> own = copy.get();
        if (own.isPresent() && first < own.get().size()) {
            return own.get().entries(first, count);
        }
        Answer answer = new Answer(first, count);
        ExchangeGrpc.newStub(peer.channel())
                .connect(answer)
                .onNext(NodeMessage.newBuilder().setHello(hello()).build());
        try {
            EntryBatch batch = answer.batch.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (batch.getEntriesCount() == 0 || batch.getFirst() != first || batch.getEntriesCount() > count) {
                throw new VerificationException(
                        Reason.NOT_FOUND,
                        "The aggregator did not hand out the entries from " + first + " on; ask its operator.");
            }
            return batch.getEntriesList();
        } catch (ExecutionException | TimeoutException e) {
            throw new VerificationException(
                    Reason.UNAVAILABLE,
                    "The aggregator at " + peer.address() + " does not hand out its entries ("
                            + (e.getCause() == null
                                    ? "it does not answer"
                                    : e.getCause().getMessage())
                            + "); try again later.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VerificationException(Reason.SHUTDOWN, "Interrupted while entries were read.", e);
        } finally {
            answer.end();
        }
    }

    private Hello hello() {
        return Hello.newBuilder()
                .addProtocolVersions(1)
                .setFederation(federation.toByteString())
                .setSoftware(software)
                .build();
    }

    /** One stream: hello, welcome, one request, one batch. */
    private static final class Answer implements ClientResponseObserver<NodeMessage, AggregatorMessage> {
        private final CompletableFuture<EntryBatch> batch = new CompletableFuture<>();
        private final CompletableFuture<ClientCallStreamObserver<NodeMessage>> requests = new CompletableFuture<>();
        private final long first;
        private final int count;

        Answer(long first, int count) {
            this.first = first;
            this.count = count;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<NodeMessage> stream) {
            requests.complete(stream);
        }

        @Override
        public void onNext(AggregatorMessage message) {
            switch (message.getMessageCase()) {
                case WELCOME ->
                    requests.join()
                            .onNext(NodeMessage.newBuilder()
                                    .setEntries(EntriesRequest.newBuilder()
                                            .setFirst(first)
                                            .setCount(count))
                                    .build());
                case ENTRIES -> batch.complete(message.getEntries());
                case GOODBYE -> {
                    Goodbye goodbye = message.getGoodbye();
                    batch.completeExceptionally(new IllegalStateException(goodbye.getMessage()));
                }
                // Heads and whatever else a stream is told: not what was asked for here.
                default -> {}
            }
        }

        @Override
        public void onError(Throwable problem) {
            batch.completeExceptionally(
                    new IllegalStateException(Status.fromThrowable(problem).toString()));
        }

        @Override
        public void onCompleted() {
            batch.completeExceptionally(new IllegalStateException("the stream ended"));
        }

        void end() {
            if (batch.isDone() && !batch.isCompletedExceptionally()) {
                requests.join().onCompleted();
            } else {
                requests.join().cancel("not needed any more", null);
            }
        }
    }
}
