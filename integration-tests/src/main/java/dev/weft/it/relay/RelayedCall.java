package dev.weft.it.relay;

import dev.weft.it.relay.Relayed.Direction;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.function.Supplier;

/**
 * One call, joined in the middle. Each end asks for its next message only when the other end took the last one, so that
 * back pressure passes through.
 */
final class RelayedCall {

    private final String member;
    private final String method;
    private final Recording recording;
    private final Supplier<Tampering> tampering;
    private final ServerCall<byte[], byte[]> site;
    private final ClientCall<byte[], byte[]> aggregator;
    private boolean upWaits;
    private boolean downWaits;

    RelayedCall(
            String member,
            Recording recording,
            Supplier<Tampering> tampering,
            ServerCall<byte[], byte[]> site,
            ClientCall<byte[], byte[]> aggregator) {
        this.member = member;
        this.method = site.getMethodDescriptor().getFullMethodName();
        this.recording = recording;
        this.tampering = tampering;
        this.site = site;
        this.aggregator = aggregator;
    }

    /** Opens the way on and returns what listens to the site. */
    ServerCall.Listener<byte[]> start(Metadata headers) {
        recording.headers(member, Direction.UP, method, headers);
        aggregator.start(new FromAggregator(), headers);
        aggregator.request(1);
        site.request(1);
        return new FromSite();
    }

    private final class FromSite extends ServerCall.Listener<byte[]> {
        @Override
        public void onMessage(byte[] message) {
            recording.message(member, Direction.UP, method, message);
            aggregator.sendMessage(message);
            synchronized (RelayedCall.this) {
                if (!aggregator.isReady()) {
                    upWaits = true;
                    return;
                }
            }
            site.request(1);
        }

        @Override
        public void onHalfClose() {
            aggregator.halfClose();
        }

        @Override
        public void onCancel() {
            aggregator.cancel("the site ended the call", null);
        }

        @Override
        public void onReady() {
            synchronized (RelayedCall.this) {
                if (!downWaits) {
                    return;
                }
                downWaits = false;
            }
            aggregator.request(1);
        }
    }

    private final class FromAggregator extends ClientCall.Listener<byte[]> {
        @Override
        public void onHeaders(Metadata headers) {
            recording.headers(member, Direction.DOWN, method, headers);
            synchronized (site) {
                site.sendHeaders(headers);
            }
        }

        @Override
        public void onMessage(byte[] message) {
            recording.message(member, Direction.DOWN, method, message);
            byte[] passed = tampering.get().down(method, message);
            synchronized (site) {
                site.sendMessage(passed);
            }
            synchronized (RelayedCall.this) {
                if (!site.isReady()) {
                    downWaits = true;
                    return;
                }
            }
            aggregator.request(1);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            recording.status(member, Direction.DOWN, method, status, trailers);
            synchronized (site) {
                if (!site.isCancelled()) {
                    site.close(status, trailers);
                }
            }
        }

        @Override
        public void onReady() {
            synchronized (RelayedCall.this) {
                if (!upWaits) {
                    return;
                }
                upWaits = false;
            }
            site.request(1);
        }
    }
}
