package dev.weft.it.join;

import dev.weft.aggregator.members.PeerIdentity;
import dev.weft.proto.v1.AggregatorMessage;
import dev.weft.proto.v1.ExchangeGrpc;
import dev.weft.proto.v1.Goodbye;
import dev.weft.proto.v1.NodeMessage;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.AtomicInteger;

/** An Exchange that says who it thinks is there, and then waits. */
final class OpenStreams extends ExchangeGrpc.ExchangeImplBase {

    final AtomicInteger cancelled = new AtomicInteger();

    @Override
    public StreamObserver<NodeMessage> connect(StreamObserver<AggregatorMessage> answers) {
        answers.onNext(AggregatorMessage.newBuilder()
                .setGoodbye(Goodbye.newBuilder()
                        .setMessage(PeerIdentity.MEMBER.get().value()))
                .build());
        return new StreamObserver<>() {
            @Override
            public void onNext(NodeMessage message) {}

            @Override
            public void onError(Throwable failure) {
                cancelled.incrementAndGet();
            }

            @Override
            public void onCompleted() {
                answers.onCompleted();
            }
        };
    }
}
