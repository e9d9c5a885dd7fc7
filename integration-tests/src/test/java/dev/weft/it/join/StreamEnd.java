package dev.weft.it.join;

import dev.weft.node.deliver.MutualTls;
import dev.weft.proto.v1.AggregatorMessage;
import dev.weft.proto.v1.ExchangeGrpc;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One stream of a client: whom the other side took it for, and the reason code it ended with. */
final class StreamEnd implements StreamObserver<AggregatorMessage>, AutoCloseable {

    private static final Metadata.Key<String> REASON = Metadata.Key.of("weft-reason", Metadata.ASCII_STRING_MARSHALLER);

    private final MutualTls peer;
    private final CompletableFuture<String> member = new CompletableFuture<>();
    private final CompletableFuture<String> reason = new CompletableFuture<>();

    StreamEnd(String address, MutualTls.Credentials credentials) {
        peer = new MutualTls(List.of(address), () -> credentials);
        ExchangeGrpc.newStub(peer.channel()).connect(this);
    }

    /** The member that the aggregator sees. */
    String member() throws Exception {
        return member.get(30, TimeUnit.SECONDS);
    }

    /** Waits for the end. */
    String reason() throws Exception {
        return reason.get(30, TimeUnit.SECONDS);
    }

    boolean isOpen() {
        return !reason.isDone();
    }

    @Override
    public void onNext(AggregatorMessage message) {
        member.complete(message.getGoodbye().getMessage());
    }

    @Override
    public void onError(Throwable failure) {
        Metadata trailers = Status.trailersFromThrowable(failure);
        String code = trailers == null ? null : trailers.get(REASON);
        reason.complete(code != null ? code : String.valueOf(Status.fromThrowable(failure)));
        member.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
        reason.complete("completed");
    }

    @Override
    public void close() {
        peer.close();
    }
}
