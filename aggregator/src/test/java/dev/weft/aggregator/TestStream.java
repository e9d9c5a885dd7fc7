package dev.weft.aggregator;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.ConsistencyProof;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Cosignature;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.Sealed;
import dev.weft.proto.statement.SignedEnvelope;
import dev.weft.proto.v1.AddCheckpoint;
import dev.weft.proto.v1.AggregatorMessage;
import dev.weft.proto.v1.CheckpointUpdate;
import dev.weft.proto.v1.CosignatureLines;
import dev.weft.proto.v1.EntriesRequest;
import dev.weft.proto.v1.EntryBatch;
import dev.weft.proto.v1.ExchangeGrpc;
import dev.weft.proto.v1.FinalCheckpoint;
import dev.weft.proto.v1.Goodbye;
import dev.weft.proto.v1.Hello;
import dev.weft.proto.v1.NodeMessage;
import dev.weft.proto.v1.Opening;
import dev.weft.proto.v1.ReceiptProof;
import dev.weft.proto.v1.Receipts;
import dev.weft.proto.v1.Refusal;
import dev.weft.proto.v1.SealedAnswer;
import dev.weft.proto.v1.SealedMessage;
import dev.weft.proto.v1.SealedTaken;
import dev.weft.proto.v1.Submission;
import dev.weft.proto.v1.Welcome;
import dev.weft.proto.v1.WitnessMode;
import dev.weft.proto.v1.Witnessing;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A node's end of an exchange stream, written by hand, that believes nothing it has not verified. */
public final class TestStream implements StreamObserver<AggregatorMessage> {
    private static final long PATIENCE_MILLIS = 60_000;

    private final StreamObserver<NodeMessage> out;
    private final NoteVerifier log;
    private final Map<Long, ByteString> sent = new HashMap<>();
    private final Map<Long, Long> indexes = new HashMap<>();
    private final List<Refusal> refusals = new ArrayList<>();
    private final List<EntryBatch> batches = new ArrayList<>();
    private final List<AddCheckpoint> asked = new ArrayList<>();
    private final List<FinalCheckpoint> finals = new ArrayList<>();
    private final List<SealedMessage> sealed = new ArrayList<>();
    private final List<SealedAnswer> sealedAnswers = new ArrayList<>();
    private boolean takes = true;
    private TreeHead seen = TreeHead.EMPTY;
    private TreeHead witnessed = TreeHead.EMPTY;
    private UnaryOperator<ByteString> forge = lines -> lines;
    private @Nullable Site cosigner;
    private int checkpoints;
    private @Nullable Welcome welcome;
    private @Nullable Goodbye goodbye;
    private @Nullable Throwable failure;
    private boolean ended;

    TestStream(ManagedChannel channel, String member, Standing standing) {
        this.log = NoteVerifier.ed25519(standing.origin(), standing.logKeys().get(0));
        Metadata headers = new Metadata();
        headers.put(Lab.MEMBER, member);
        this.out = ExchangeGrpc.newStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .connect(this);
    }

    /** Says hello as a node that has nothing yet. */
    public TestStream hello(Standing standing) {
        return hello(Hello.newBuilder()
                .addProtocolVersions(1)
                .setFederation(standing.federation().toByteString())
                .setSoftware("test")
                .build());
    }

    TestStream hello(Hello hello) {
        out.onNext(NodeMessage.newBuilder().setHello(hello).build());
        return this;
    }

    public TestStream send(SignedEnvelope... envelopes) {
        for (SignedEnvelope envelope : envelopes) {
            send(envelope.statement().header().getSeq(), envelope.bytes(), List.of());
        }
        return this;
    }

    /** With a path of the site's log beside it. */
    void sendWithPath(SignedEnvelope envelope, List<ByteString> siteProof) {
        long seq = envelope.statement().header().getSeq();
        synchronized (this) {
            sent.putIfAbsent(seq, envelope.bytes());
        }
        out.onNext(NodeMessage.newBuilder()
                .setSubmission(Submission.newBuilder()
                        .setEnvelope(envelope.bytes())
                        .setSeq(seq)
                        .addAllSiteProof(siteProof))
                .build());
    }

    TestStream send(long seq, ByteString envelope, List<Opening> openings) {
        synchronized (this) {
            sent.putIfAbsent(seq, envelope);
        }
        out.onNext(NodeMessage.newBuilder()
                .setSubmission(Submission.newBuilder()
                        .setEnvelope(envelope)
                        .setSeq(seq)
                        .addAllOpenings(openings))
                .build());
        return this;
    }

    TestStream read(long first, int count) {
        out.onNext(NodeMessage.newBuilder()
                .setEntries(EntriesRequest.newBuilder().setFirst(first).setCount(count))
                .build());
        return this;
    }

    void half() {
        out.onCompleted();
    }

    @Override
    public synchronized void onNext(AggregatorMessage message) {
        try {
            switch (message.getMessageCase()) {
                case WELCOME -> welcome = message.getWelcome();
                case CHECKPOINT -> checkpoint(message.getCheckpoint());
                case RECEIPTS -> receipts(message.getReceipts());
                case REFUSAL -> refusals.add(message.getRefusal());
                case ENTRIES -> batches.add(message.getEntries());
                case GOODBYE -> goodbye = message.getGoodbye();
                case ADD_CHECKPOINT -> asked(message.getAddCheckpoint());
                case FINAL -> finality(message.getFinal());
                case SEALED -> sealed(message.getSealed());
                case SEALED_ANSWER -> sealedAnswers.add(message.getSealedAnswer());
                case MESSAGE_NOT_SET -> throw new AssertionError("a message of no kind");
            }
        } catch (Exception e) {
            failure = e;
        }
        notifyAll();
    }

    private void checkpoint(CheckpointUpdate update) throws Exception {
        Checkpoint checkpoint = Checkpoint.open(update.getNote(), log);
        ConsistencyProof.parse(update.getOldSize(), checkpoint.head().size(), update.getConsistencyList())
                .verify(seen, checkpoint.head());
        seen = checkpoint.head();
        checkpoints++;
    }

    /** Says hello as a node that witnesses and has nothing yet; it cosigns from then on. */
    public TestStream witness(Standing standing, Site site) {
        cosigner = site;
        return hello(Hello.newBuilder()
                .addProtocolVersions(1)
                .setFederation(standing.federation().toByteString())
                .setSoftware("test")
                .setWitnessing(Witnessing.newBuilder().setMode(WitnessMode.LIGHT))
                .build());
    }

    /** Says hello as a node that reads sealed messages; whether it also says that it has them. */
    TestStream reader(Standing standing, boolean taking) {
        takes = taking;
        return hello(Hello.newBuilder()
                .addProtocolVersions(1)
                .setFederation(standing.federation().toByteString())
                .setSealed(true)
                .build());
    }

    private void sealed(SealedMessage message) {
        sealed.add(message);
        if (takes) {
            take(Sealed.id(message));
        }
    }

    void take(Digest id) {
        out.onNext(NodeMessage.newBuilder()
                .setSealedTaken(SealedTaken.newBuilder().setId(id.toByteString()))
                .build());
    }

    TestStream deposit(SealedMessage message) {
        out.onNext(NodeMessage.newBuilder().setSealed(message).build());
        return this;
    }

    SealedMessage sealed(int number) {
        return await("sealed message " + number, () -> sealed.size() > number ? sealed.get(number) : null);
    }

    synchronized int sealedSoFar() {
        return sealed.size();
    }

    SealedAnswer sealedAnswer(int number) {
        return await("answer " + number, () -> sealedAnswers.size() > number ? sealedAnswers.get(number) : null);
    }

    /** From now on requests are kept and not answered. */
    public synchronized void fallSilent() {
        cosigner = null;
    }

    private void asked(AddCheckpoint request) throws Exception {
        asked.add(request);
        Checkpoint checkpoint = Checkpoint.open(request.getNote(), log);
        Site witness = cosigner;
        if (witness == null) {
            return;
        }
        if (checkpoint.head().size() > seen.size()) {
            throw new AssertionError("a checkpoint is to be cosigned that was not sent before");
        }
        if (request.getOldSize() != witnessed.size()) {
            answer(checkpoint, ByteString.EMPTY, "log-moved");
            return;
        }
        ConsistencyProof.parse(witnessed.size(), checkpoint.head().size(), request.getConsistencyList())
                .verify(witnessed, checkpoint.head());
        witnessed = checkpoint.head();
        answer(
                checkpoint,
                forge.apply(ByteString.copyFromUtf8(Cosignature.sign(
                                checkpoint,
                                witness.name().value(),
                                witness.witnessKey(),
                                Instant.parse("2026-11-21T08:00:01Z"))
                        .line()
                        .line())),
                "");
    }

    /** What becomes of this witness's cosignatures on their way. */
    public synchronized void forge(UnaryOperator<ByteString> change) {
        forge = change;
    }

    /** As a witness that has cosigned before, on another stream. */
    public synchronized void resume(TreeHead head) {
        witnessed = head;
    }

    synchronized TreeHead witnessed() {
        return witnessed;
    }

    private void answer(Checkpoint checkpoint, ByteString lines, String reason) {
        out.onNext(NodeMessage.newBuilder()
                .setCosignature(CosignatureLines.newBuilder()
                        .setSize(checkpoint.head().size())
                        .setLines(lines)
                        .setReason(reason)
                        .setWitnessed(witnessed.size()))
                .build());
    }

    private void finality(FinalCheckpoint checkpoint) throws Exception {
        Checkpoint head = Checkpoint.open(checkpoint.getNote(), log);
        ConsistencyProof.parse(head.head().size(), checkpoint.getToSize(), checkpoint.getConsistencyList())
                .verify(head.head(), seen);
        finals.add(checkpoint);
    }

    /** The first that covers an entry. */
    public FinalCheckpoint finality(long index) {
        return await(
                "final checkpoint above " + index,
                () -> finals.stream()
                        .filter(checkpoint -> size(checkpoint) > index)
                        .findFirst()
                        .orElse(null));
    }

    private long size(FinalCheckpoint checkpoint) {
        try {
            return Checkpoint.open(checkpoint.getNote(), log).head().size();
        } catch (VerificationException e) {
            throw new AssertionError(e);
        }
    }

    /** So many requests to cosign have come. */
    public List<AddCheckpoint> asked(int count) {
        return await(count + " requests", () -> asked.size() >= count ? List.copyOf(asked) : null);
    }

    public synchronized int finals() {
        return finals.size();
    }

    private void receipts(Receipts receipts) throws Exception {
        if (receipts.getSize() != seen.size()) {
            throw new AssertionError("receipts lead to " + receipts.getSize() + ", the checkpoint is " + seen.size());
        }
        for (ReceiptProof proof : receipts.getReceiptsList()) {
            InclusionProof.parse(proof.getIndex(), receipts.getSize(), proof.getInclusionList())
                    .verify(MerkleMath.leafHash(Objects.requireNonNull(sent.get(proof.getSeq()))), seen);
            indexes.put(proof.getSeq(), proof.getIndex());
        }
    }

    @Override
    public synchronized void onError(Throwable cause) {
        failure = cause;
        ended = true;
        notifyAll();
    }

    @Override
    public synchronized void onCompleted() {
        ended = true;
        notifyAll();
    }

    private synchronized <T> T await(String what, Supplier<@Nullable T> condition) {
        long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        T found = condition.get();
        while (found == null) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0 || (failure != null && !ended)) {
                throw new AssertionError("no " + what + "; failure " + failure + ", goodbye " + goodbye, failure);
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            found = condition.get();
        }
        return found;
    }

    public Welcome welcome() {
        return await("welcome", () -> welcome);
    }

    /** The index of a receipt that has verified. */
    public long index(long seq) {
        return await("receipt of " + seq, () -> indexes.get(seq));
    }

    /** Whether the answer to it is a receipt. */
    boolean isAppended(long seq) {
        return await(
                "answer to " + seq,
                () -> indexes.containsKey(seq)
                        ? Boolean.TRUE
                        : refusals.stream().anyMatch(refusal -> refusal.getSeq() == seq) ? Boolean.FALSE : null);
    }

    public Refusal refusal(int number) {
        return await("refusal " + number, () -> refusals.size() > number ? refusals.get(number) : null);
    }

    Goodbye goodbye() {
        return await("goodbye", () -> goodbye);
    }

    EntryBatch entries() {
        return await("entries", () -> batches.isEmpty() ? null : batches.get(0));
    }

    Throwable failure() {
        return await("failure", () -> ended ? failure : null);
    }

    void awaitEnd() {
        Boolean unused = await("end", () -> ended ? Boolean.TRUE : null);
    }

    synchronized int checkpoints() {
        return checkpoints;
    }

    synchronized TreeHead seen() {
        return seen;
    }
}
