package dev.weft.aggregator.accept;

import dev.weft.aggregator.members.GrpcRefusal;
import dev.weft.aggregator.members.PeerIdentity;
import dev.weft.aggregator.publish.Cosigning;
import dev.weft.aggregator.watch.Metrics;
import dev.weft.aggregator.watch.SecurityEvents;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.log.LogStore;
import dev.weft.proto.v1.AggregatorMessage;
import dev.weft.proto.v1.ExchangeGrpc;
import dev.weft.proto.v1.NodeMessage;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** The exchange with the nodes: one stream each, served on the transport's own threads, which it never blocks. */
public final class ExchangeService extends ExchangeGrpc.ExchangeImplBase {
    private static final int STREAMS_OF_ONE_MEMBER = 4;

    private final Parts parts;
    private final Check check;
    private final Set<ExchangeStream> streams = ConcurrentHashMap.newKeySet();

    /**
     * What the streams work with.
     *
     * @param entries the log for mirrors, on {@code blocking}
     * @param blocking runs what may wait for the disk
     */
    public record Parts(
            Appender appender,
            Cosigning cosigning,
            Relay relay,
            LogStore entries,
            Executor blocking,
            Limits limits,
            InstantSource clock,
            Metrics metrics,
            SecurityEvents events) {}

    /**
     * How much at once.
     *
     * @param window statements of one stream without an answer
     * @param streams open at once
     */
    public record Limits(int window, int streams) {}

    public ExchangeService(Parts parts) {
        this.parts = parts;
        this.check = new Check(parts.appender()::standing, parts.metrics(), parts.events());
    }

    /** Sends heads to streams that wait for nothing, at most one a second, tells what is final, and ends those that stall. */
    public void start(ScheduledExecutorService timer) {
        parts.cosigning().listen(head -> streams.forEach(stream -> stream.finality(head)));
        ScheduledFuture<?> unused = timer.scheduleWithFixedDelay(this::tick, 1, 1, TimeUnit.SECONDS);
    }

    private void tick() {
        streams.forEach(ExchangeStream::tick);
        parts.relay().look();
    }

    @Override
    public StreamObserver<NodeMessage> connect(StreamObserver<AggregatorMessage> answers) {
        MemberName peer = Objects.requireNonNull(PeerIdentity.MEMBER.get(), "the server lacks PeerIdentity");
        ServerCallStreamObserver<AggregatorMessage> out = (ServerCallStreamObserver<AggregatorMessage>) answers;
        if (isFull(peer)) {
            parts.metrics().refused(Reason.BUSY);
            answers.onError(GrpcRefusal.of(new VerificationException(
                    Reason.BUSY, "Too many streams are open; close the others or come back later.")));
            return new IgnoredStream();
        }
        ExchangeStream stream = new ExchangeStream(peer, out, parts, check, streams::remove);
        streams.add(stream);
        stream.open();
        return stream;
    }

    private boolean isFull(MemberName peer) {
        return streams.size() >= parts.limits().streams()
                || streams.stream().filter(stream -> stream.peer().equals(peer)).count() >= STREAMS_OF_ONE_MEMBER;
    }

    /** Open streams, for status. */
    public int open() {
        return streams.size();
    }

    /** Says goodbye to all; to be called once the log has answered what it took in. */
    public void shutdown() {
        streams.forEach(stream -> stream.goodbye(
                new VerificationException(Reason.SHUTDOWN, "The aggregator is stopping; come back."), 1));
    }

    /** Whatever still comes on a call that was refused. */
    private static final class IgnoredStream implements StreamObserver<NodeMessage> {
        @Override
        public void onNext(NodeMessage message) {}

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {}
    }
}
