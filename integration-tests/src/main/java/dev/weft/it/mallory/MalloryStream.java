package dev.weft.it.mallory;

import dev.weft.proto.v1.AggregatorMessage;
import dev.weft.proto.v1.ExchangeGrpc;
import dev.weft.proto.v1.NodeMessage;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One Exchange stream: sends, and hands out what comes. */
final class MalloryStream implements StreamObserver<AggregatorMessage> {

    /** Something that came: a message, or the end of the stream. */
    record Event(AggregatorMessage message, Status end) {}

    private final BlockingQueue<Event> came = new LinkedBlockingQueue<>();
    private final StreamObserver<NodeMessage> up;

    private MalloryStream(ManagedChannel channel) {
        this.up = ExchangeGrpc.newStub(channel).connect(this);
    }

    static MalloryStream open(ManagedChannel channel) {
        return new MalloryStream(channel);
    }

    void send(NodeMessage message) {
        up.onNext(message);
    }

    void end() {
        up.onCompleted();
    }

    /** The next thing that comes; fails after ten seconds of nothing. */
    Event next() {
        try {
            Event event = came.poll(10, TimeUnit.SECONDS);
            if (event == null) {
                throw new IllegalStateException("the aggregator does not answer mallory");
            }
            return event;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void onNext(AggregatorMessage message) {
        came.add(new Event(message, Status.OK));
    }

    @Override
    public void onError(Throwable t) {
        came.add(new Event(AggregatorMessage.getDefaultInstance(), Status.fromThrowable(t)));
    }

    @Override
    public void onCompleted() {
        came.add(new Event(
                AggregatorMessage.getDefaultInstance(), Status.UNAVAILABLE.withDescription("the stream was ended")));
    }
}
