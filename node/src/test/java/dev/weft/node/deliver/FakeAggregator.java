package dev.weft.node.deliver;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.ConsistencyProof;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.NoteSigner;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.v1.AggregatorMessage;
import dev.weft.proto.v1.CheckpointUpdate;
import dev.weft.proto.v1.ExchangeGrpc;
import dev.weft.proto.v1.Goodbye;
import dev.weft.proto.v1.Hello;
import dev.weft.proto.v1.NodeMessage;
import dev.weft.proto.v1.ReceiptProof;
import dev.weft.proto.v1.Receipts;
import dev.weft.proto.v1.Refusal;
import dev.weft.proto.v1.Submission;
import dev.weft.proto.v1.Welcome;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** An aggregator in this process that keeps a real log, and can be told to lie. */
public final class FakeAggregator extends ExchangeGrpc.ExchangeImplBase implements Peer, AutoCloseable {
    public static final String ORIGIN = "test/log/1";

    /** What it may do wrong; each is asked before the honest answer goes out. */
    static final class Manners {
        volatile int version = 1;
        volatile boolean silent;
        volatile Function<Receipts, Receipts> receipts = honest -> honest;
        volatile Function<CheckpointUpdate, CheckpointUpdate> checkpoints = honest -> honest;
        volatile Function<Submission, Optional<Refusal>> refuses = submission -> Optional.empty();
        volatile Optional<Goodbye> goodbye = Optional.empty();
        volatile long pretendsToExpect = -1;
    }

    final Manners manners = new Manners();
    final List<Submission> received = new CopyOnWriteArrayList<>();
    final List<Hello> hellos = new CopyOnWriteArrayList<>();
    private final NoteSigner signer;
    private final List<ByteString> entries = new ArrayList<>();
    private final List<Long> indexes = new ArrayList<>();
    private final String name = InProcessServerBuilder.generateName();
    private Server server;
    private ManagedChannel channel;

    public FakeAggregator(SecureRandom random) throws IOException {
        signer = NoteSigner.ed25519(ORIGIN, SigningKey.generate(random));
        entries.add(ByteString.copyFromUtf8("genesis"));
        entries.add(ByteString.copyFromUtf8("membership"));
        server = start();
        channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    }

    private Server start() throws IOException {
        return InProcessServerBuilder.forName(name).addService(this).build().start();
    }

    void stop() {
        server.shutdownNow();
    }

    void restart() throws IOException {
        server = start();
    }

    public NoteVerifier verifier() {
        return signer.verifier();
    }

    synchronized List<Digest> leaves() {
        return entries.stream().map(MerkleMath::leafHash).toList();
    }

    synchronized void foreignEntry(String text) {
        entries.add(ByteString.copyFromUtf8(text));
    }

    synchronized ByteString entry(long index) {
        return entries.get((int) index);
    }

    /** A note over any tree, signed by the log's own key. */
    public ByteString note(TreeHead head) {
        return Checkpoint.sign(new Checkpoint(ORIGIN, head), signer);
    }

    @Override
    public ManagedChannel channel() {
        return channel;
    }

    @Override
    public String address() {
        return "in-process";
    }

    @Override
    public void rotate() {
        channel.resetConnectBackoff();
    }

    @Override
    public void renew() {}

    @Override
    public StreamObserver<NodeMessage> connect(StreamObserver<AggregatorMessage> out) {
        return new Stream(out);
    }

    private final class Stream implements StreamObserver<NodeMessage> {
        private final StreamObserver<AggregatorMessage> out;
        private long told;

        Stream(StreamObserver<AggregatorMessage> out) {
            this.out = out;
        }

        @Override
        public void onNext(NodeMessage message) {
            synchronized (FakeAggregator.this) {
                if (message.hasHello()) {
                    hello(message.getHello());
                } else if (message.hasSubmission()) {
                    submission(message.getSubmission());
                }
            }
        }

        private void hello(Hello hello) {
            hellos.add(hello);
            told = hello.getSeen().getSize();
            long expected = manners.pretendsToExpect >= 0 ? manners.pretendsToExpect : indexes.size();
            out.onNext(AggregatorMessage.newBuilder()
                    .setWelcome(Welcome.newBuilder()
                            .setProtocolVersion(manners.version)
                            .setOrigin(ORIGIN)
                            .setExpectedSeq(expected)
                            .setWindow(4))
                    .build());
            manners.goodbye.ifPresent(goodbye -> {
                out.onNext(AggregatorMessage.newBuilder().setGoodbye(goodbye).build());
                out.onCompleted();
            });
        }

        private void submission(Submission submission) {
            received.add(submission);
            Optional<Refusal> refusal = manners.refuses.apply(submission);
            if (refusal.isPresent()) {
                out.onNext(
                        AggregatorMessage.newBuilder().setRefusal(refusal.get()).build());
                return;
            }
            if (submission.getSeq() == indexes.size()) {
                indexes.add((long) entries.size());
                entries.add(submission.getEnvelope());
            } else if (submission.getSeq() > indexes.size()) {
                out.onNext(AggregatorMessage.newBuilder()
                        .setRefusal(Refusal.newBuilder()
                                .setSeq(submission.getSeq())
                                .setReason("out-of-order")
                                .setMessage("Send what comes before it.")
                                .setRetry(true)
                                .setExpectedSeq(indexes.size()))
                        .build());
                return;
            }
            if (!manners.silent) {
                receipt(submission.getSeq());
            }
        }

        private void receipt(long seq) {
            List<Digest> leaves = leaves();
            TreeHead head = MerkleMath.head(leaves);
            long old = told;
            if (old < head.size()) {
                CheckpointUpdate honest = CheckpointUpdate.newBuilder()
                        .setNote(note(head))
                        .setOldSize(old)
                        .addAllConsistency(ConsistencyProof.prove(MerkleMath.reader(leaves), old, head.size())
                                .toProto())
                        .build();
                out.onNext(AggregatorMessage.newBuilder()
                        .setCheckpoint(manners.checkpoints.apply(honest))
                        .build());
                told = head.size();
            }
            long index = indexes.get((int) seq);
            Receipts honest = Receipts.newBuilder()
                    .setSize(head.size())
                    .addReceipts(ReceiptProof.newBuilder()
                            .setSeq(seq)
                            .setIndex(index)
                            .addAllInclusion(InclusionProof.prove(MerkleMath.reader(leaves), index, head.size())
                                    .toProto()))
                    .build();
            out.onNext(AggregatorMessage.newBuilder()
                    .setReceipts(manners.receipts.apply(honest))
                    .build());
        }

        @Override
        public void onError(Throwable problem) {}

        @Override
        public void onCompleted() {
            out.onCompleted();
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.shutdownNow();
    }
}
