package dev.weft.aggregator.members;

import dev.weft.proto.VerificationException;
import io.grpc.ForwardingServerCall;
import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

/**
 * A call that can be ended from outside its own thread. A {@link ServerCall} is not safe for use by two threads, so that
 * whatever leaves takes this lock; once ended, what the handler still sends goes nowhere.
 */
final class OpenCall<Q, R> extends ForwardingServerCall.SimpleForwardingServerCall<Q, R> {

    private final Peer peer;
    private boolean closed;
    private boolean ended;

    OpenCall(ServerCall<Q, R> call, Peer peer) {
        super(call);
        this.peer = peer;
    }

    Peer peer() {
        return peer;
    }

    /** Ends the call with the reason; nothing happens where it is over already. */
    synchronized void end(VerificationException why) {
        if (!closed) {
            closed = true;
            ended = true;
            delegate().close(GrpcRefusal.status(why), GrpcRefusal.trailers(why.reason()));
        }
    }

    private synchronized boolean isEnded() {
        return ended;
    }

    @Override
    public boolean isCancelled() {
        return isEnded() || super.isCancelled();
    }

    @Override
    public synchronized void request(int numMessages) {
        delegate().request(numMessages);
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
        if (!ended) {
            delegate().sendHeaders(headers);
        }
    }

    @Override
    public synchronized void sendMessage(R message) {
        if (!ended) {
            delegate().sendMessage(message);
        }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
        if (!ended) {
            closed = true;
            delegate().close(status, trailers);
        }
    }

    /** Tells the handler of an ended call that it was cancelled, and {@code over} of every call's end. */
    ServerCall.Listener<Q> listener(ServerCall.Listener<Q> handler, Runnable over) {
        return new ForwardingServerCallListener.SimpleForwardingServerCallListener<Q>(handler) {
            @Override
            public void onMessage(Q message) {
                if (!isEnded()) {
                    super.onMessage(message);
                }
            }

            @Override
            public void onComplete() {
                over.run();
                if (isEnded()) {
                    super.onCancel();
                } else {
                    super.onComplete();
                }
            }

            @Override
            public void onCancel() {
                over.run();
                super.onCancel();
            }
        };
    }
}
