package dev.weft.node.deliver;

import dev.weft.proto.v1.AggregatorMessage;
import dev.weft.proto.v1.ExchangeGrpc;
import dev.weft.proto.v1.Hello;
import dev.weft.proto.v1.NodeMessage;
import dev.weft.proto.v1.Submission;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One Exchange stream. Whatever comes in is handed to the listener on the given executor, one message at a time: the
 * next one is asked for when the last one was worked off, so a flood stops at the flow-control window.
 */
final class ExchangeClient {
    /** What a stream tells its owner, in order, on the owner's executor. */
    interface Listener {
        void received(ExchangeClient stream, AggregatorMessage message);

        /** The transport takes messages again. */
        void ready(ExchangeClient stream);

        /** The last call; not made after {@link #cancel}. */
        void ended(ExchangeClient stream, Status status);
    }

    private final Executor owner;
    private final Listener listener;
    private final Responses responses = new Responses();
    private volatile boolean cancelled;

    private ExchangeClient(Executor owner, Listener listener) {
        this.owner = owner;
        this.listener = listener;
    }

    /** Opens the stream and says hello. The listener hears of it later, never from within this call. */
    static ExchangeClient open(ManagedChannel channel, Hello hello, Executor owner, Listener listener) {
        ExchangeClient client = new ExchangeClient(owner, listener);
        ExchangeGrpc.newStub(channel).connect(client.responses);
        client.responses
                .requests()
                .onNext(NodeMessage.newBuilder().setHello(hello).build());
        return client;
    }

    boolean isReady() {
        return responses.requests().isReady();
    }

    void send(Submission submission) {
        responses
                .requests()
                .onNext(NodeMessage.newBuilder().setSubmission(submission).build());
    }

    void send(NodeMessage message) {
        responses.requests().onNext(message);
    }

    /** Says no more and lets the aggregator finish its side. */
    void complete() {
        responses.requests().onCompleted();
    }

    /** Drops the stream at once; the listener hears nothing more. */
    void cancel(String why) {
        cancelled = true;
        responses.requests().cancel(why, null);
    }

    private final class Responses implements ClientResponseObserver<NodeMessage, AggregatorMessage> {
        private volatile @Nullable ClientCallStreamObserver<NodeMessage> requests;

        ClientCallStreamObserver<NodeMessage> requests() {
            return Objects.requireNonNull(requests, "the stream has not begun");
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<NodeMessage> stream) {
            requests = stream;
            stream.disableAutoRequestWithInitial(1);
            stream.setOnReadyHandler(() -> tell(() -> listener.ready(ExchangeClient.this)));
        }

        @Override
        public void onNext(AggregatorMessage message) {
            tell(() -> {
                listener.received(ExchangeClient.this, message);
                requests().request(1);
            });
        }

        @Override
        public void onError(Throwable problem) {
            tell(() -> listener.ended(ExchangeClient.this, Status.fromThrowable(problem)));
        }

        @Override
        public void onCompleted() {
            tell(() -> listener.ended(ExchangeClient.this, Status.OK));
        }

        private void tell(Runnable news) {
            if (cancelled) {
                return; // nobody listens any more, and the owner may be gone
            }
            owner.execute(() -> {
                if (!cancelled) {
                    news.run();
                }
            });
        }
    }
}
