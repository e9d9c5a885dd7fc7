package dev.weft.aggregator.accept;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.publish.Cosigning;
import dev.weft.aggregator.publish.FinalHead;
import dev.weft.aggregator.watch.SecurityEvent;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.standing.Requirement;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.v1.AggregatorMessage;
import dev.weft.proto.v1.CosignatureLines;
import dev.weft.proto.v1.EntriesRequest;
import dev.weft.proto.v1.Hello;
import dev.weft.proto.v1.NodeMessage;
import dev.weft.proto.v1.SealedMessage;
import dev.weft.proto.v1.SealedTaken;
import dev.weft.proto.v1.StatedRequirement;
import dev.weft.proto.v1.Welcome;
import dev.weft.proto.v1.WitnessMode;
import dev.weft.proto.v1.Witnessing;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream of one node. What comes in is checked on the transport's thread, one message at a time; what goes out is
 * kept by {@link StreamAnswers}. A node is given as many messages as its window allows, so that neither a flood nor a
 * reader that stalls makes this side hold more than that.
 */
final class ExchangeStream implements StreamObserver<NodeMessage> {
    private static final Logger log = LoggerFactory.getLogger(ExchangeStream.class);
    private static final int PROTOCOL_VERSION = 1;
    private static final int MOST_ENTRIES = 1_000;
    private static final int MOST_REFUSALS = 64;
    private static final Duration HELLO = Duration.ofSeconds(10);
    private static final Duration STALL = Duration.ofSeconds(60);

    private final MemberName peer;
    private final ServerCallStreamObserver<AggregatorMessage> out;
    private final ExchangeService.Parts parts;
    private final Check check;
    private final StreamAnswers answers;
    private final Consumer<ExchangeStream> over;
    private final Instant opened;
    private volatile boolean welcomed;
    private volatile boolean knowsRequirement;
    /** Where the node witnesses. */
    private volatile Cosigning.@Nullable Seat seat;
    /** Once welcomed. */
    private volatile Relay.@Nullable Seat sealed;

    private final AtomicBoolean depositing = new AtomicBoolean();

    private final AtomicBoolean gone = new AtomicBoolean();
    /** What this stream has handed on; empty: as the log says. */
    private Optional<Submission.Ahead> ahead = Optional.empty();

    ExchangeStream(
            MemberName peer,
            ServerCallStreamObserver<AggregatorMessage> out,
            ExchangeService.Parts parts,
            Check check,
            Consumer<ExchangeStream> over) {
        this.peer = peer;
        this.out = out;
        this.parts = parts;
        this.check = check;
        this.over = over;
        this.opened = parts.clock().instant();
        this.answers = new StreamAnswers(
                out,
                parts.entries(),
                parts.appender().published(),
                parts.metrics(),
                parts.limits().window());
    }

    MemberName peer() {
        return peer;
    }

    void open() {
        parts.metrics().streamOpened();
        out.disableAutoRequest();
        out.setOnReadyHandler(answers::flush);
        out.setOnCancelHandler(this::close);
        out.setOnCloseHandler(this::close);
        out.request(1);
    }

    @Override
    public void onNext(NodeMessage message) {
        try {
            if (!welcomed) {
                hello(message);
                return;
            }
            switch (message.getMessageCase()) {
                case SUBMISSION -> submission(message.getSubmission());
                case ENTRIES -> entries(message.getEntries());
                case COSIGNATURE -> cosignature(message.getCosignature());
                case SEALED -> sealed(message.getSealed());
                case SEALED_TAKEN -> sealedTaken(message.getSealedTaken());
                case HELLO -> throw protocol("A stream has one Hello; open another stream.");
                case MESSAGE_NOT_SET -> throw protocol("The message is of no kind that this version knows.");
            }
        } catch (VerificationException e) {
            goodbye(e, retryAfter(e.reason()));
        } catch (RuntimeException e) {
            log.error("the stream of {} failed", peer, e);
            goodbye(
                    new VerificationException(Reason.INTERNAL, "The aggregator failed on this; tell its operator."),
                    30);
        }
    }

    private void hello(NodeMessage message) throws VerificationException {
        if (!message.hasHello()) {
            throw protocol("The first message of a stream is Hello.");
        }
        Hello hello = message.getHello();
        if (!hello.getProtocolVersionsList().contains(PROTOCOL_VERSION)) {
            throw new VerificationException(
                    Reason.UNSUPPORTED_VERSION, "This aggregator speaks protocol version 1; use a node that does.");
        }
        if (!hello.getFederation()
                .equals(parts.appender().standing().federation().toByteString())) {
            throw new VerificationException(
                    Reason.WRONG_FEDERATION, "The node is of another federation; check the address that it dials.");
        }
        AuthorState state = parts.appender().standing().author(peer);
        long expected = hello.getIncarnation() == state.incarnation() + 1 ? 0 : state.nextSeq();
        Optional<Requirement> stated = stated();
        knowsRequirement = stated.isPresent();
        answers.welcome(
                Welcome.newBuilder()
                        .setProtocolVersion(PROTOCOL_VERSION)
                        .setOrigin(parts.appender().standing().origin())
                        .setExpectedSeq(expected)
                        .setWindow(parts.limits().window())
                        .setIncarnation(state.incarnation())
                        .addAllContinuations(parts.appender().standing().continuations()),
                stated.map(requirement -> StatedRequirement.newBuilder()
                        .setIndex(requirement.index())
                        .setEntry(parts.entries().entry(requirement.index()))),
                seen(hello));
        welcomed = true;
        parts.cosigning().newest().ifPresent(answers::finality);
        witness(hello);
        sealed = parts.relay().join(peer, hello.getSealed(), answers::sealed);
        // One more than the window, so that a node which sends more than was agreed is seen to do so.
        out.request(parts.limits().window() + 1);
    }

    /** What root has required by a statement that is public; what genesis requires every member knows. */
    private Optional<Requirement> stated() {
        long published = parts.appender().published().current().size();
        return parts.appender()
                .standing()
                .requirement()
                .filter(required -> required.index() > 0 && required.index() < published);
    }

    private void witness(Hello hello) {
        if (hello.hasWitnessing()) {
            Witnessing offer = hello.getWitnessing();
            seat = parts.cosigning()
                    .join(
                            peer.value(),
                            offer.getMode() == WitnessMode.MIRROR ? "mirror" : "light",
                            offer.getSize(),
                            answers::ask);
        }
    }

    private void cosignature(CosignatureLines lines) {
        Cosigning.Seat mine = seat;
        if (mine != null) {
            mine.answered(lines);
        }
        out.request(1);
    }

    private void sealed(SealedMessage message) throws VerificationException {
        if (!depositing.compareAndSet(false, true)) {
            throw protocol("Sealed messages are sent one at a time; wait for the last one's answer.");
        }
        relay().deposit(message, answer -> {
            depositing.set(false);
            answers.sealed(answer);
        });
    }

    private void sealedTaken(SealedTaken taken) throws VerificationException {
        relay().taken(Digest.parse(taken.getId(), "id"), () -> out.request(1));
    }

    private Relay.Seat relay() {
        return Objects.requireNonNull(sealed, "a welcomed stream has a seat");
    }

    /** Tells the node what is final; on the collector's thread. */
    void finality(FinalHead head) {
        try {
            answers.finality(head);
        } catch (RuntimeException e) {
            log.warn("the stream of {} is ended: {}", peer, e.toString());
            close();
        }
    }

    /** The size from which heads are proved to this node; a head above the log's own is somebody's lie. */
    private long seen(Hello hello) {
        long size = hello.getSeen().getSize();
        long published = parts.appender().published().current().size();
        if (size < 0 || size > published) {
            parts.events().raise(new SecurityEvent.SeenContradiction(peer.value(), published, size));
            return 0;
        }
        return size;
    }

    private void submission(dev.weft.proto.v1.Submission sent) throws VerificationException {
        if (!answers.take()) {
            throw new VerificationException(
                    Reason.FLOOD,
                    "More than " + parts.limits().window() + " statements are without an answer; keep to the window.");
        }
        StreamAnswers.Answer answer = answers.answer(sent.getSeq());
        try {
            Submission submission = check.check(peer, sent, ahead, answer);
            ahead = Submission.Ahead.after(ahead, submission);
            parts.appender().offer(submission);
        } catch (VerificationException e) {
            parts.metrics().refused(e.reason());
            answer.refused(e, expectedSeq());
            answer.batchEnded();
        }
        if (answers.refusedInARow() > MOST_REFUSALS) {
            throw new VerificationException(
                    Reason.FLOOD,
                    "Refused " + MOST_REFUSALS + " times in a row; repair the node before it comes back.");
        }
    }

    private long expectedSeq() {
        try {
            return ahead.isPresent()
                    ? ahead.get().turn().nextSeq()
                    : parts.appender().standing().author(peer).nextSeq();
        } catch (VerificationException unknownAuthor) {
            return 0;
        }
    }

    private void entries(EntriesRequest request) throws VerificationException {
        if (!answers.startEntries()) {
            throw protocol("Entries are read one request at a time; wait for the last one's answer.");
        }
        long first = request.getFirst();
        long end = Math.min(
                parts.appender().published().current().size(),
                first + Math.min(Integer.toUnsignedLong(request.getCount()), MOST_ENTRIES));
        parts.blocking().execute(() -> {
            try {
                answers.entries(
                        first,
                        first < 0 || first >= end
                                ? List.<ByteString>of()
                                : parts.entries().entries(first, (int) (end - first)));
            } catch (RuntimeException e) {
                log.warn("entries from {} could not be read: {}", first, e.toString());
                goodbye(new VerificationException(Reason.INTERNAL, "The log could not be read; come back later."), 30);
            }
        });
    }

    /** Once a second, on the timer's thread, which one stream's failure must not end. */
    void tick() {
        try {
            look(parts.clock().instant());
        } catch (RuntimeException e) {
            log.warn("the stream of {} is ended: {}", peer, e.toString());
            close();
        }
    }

    private void look(Instant now) {
        if (!welcomed) {
            if (Duration.between(opened, now).abs().compareTo(HELLO) > 0) {
                goodbye(new VerificationException(Reason.STALLED, "No Hello came; send it first."), 1);
            }
        } else if (!knowsRequirement && stated().isPresent()) {
            goodbye(
                    new VerificationException(
                            Reason.SECOND_SIGNATURE_MISSING,
                            "Root requires second signatures now; come back, and take that up."),
                    1);
        } else if (answers.tick(now, STALL)) {
            goodbye(new VerificationException(Reason.STALLED, "Answers are not read; read them, then come back."), 1);
        }
    }

    /** Ends the stream with a word why. */
    void goodbye(VerificationException why, int retryAfterSeconds) {
        if (why.reason() != Reason.SHUTDOWN) {
            parts.metrics().refused(why.reason());
            parts.events().raise(new SecurityEvent.StreamEnded(peer.value(), why.reason()));
        }
        answers.goodbye(why, retryAfterSeconds);
        close();
    }

    @Override
    public void onError(Throwable cause) {
        close();
    }

    @Override
    public void onCompleted() {
        answers.completeWhenAnswered();
    }

    private void close() {
        answers.close();
        if (gone.compareAndSet(false, true)) {
            parts.metrics().streamClosed();
            Cosigning.Seat mine = seat;
            if (mine != null) {
                mine.left();
            }
            Relay.Seat reader = sealed;
            if (reader != null) {
                reader.leave();
            }
            over.accept(this);
        }
    }

    private static int retryAfter(Reason reason) {
        return switch (reason) {
            case FLOOD, PROTOCOL -> 30;
            case UNSUPPORTED_VERSION, WRONG_FEDERATION -> 0;
            default -> 5;
        };
    }

    private static VerificationException protocol(String message) {
        return new VerificationException(Reason.PROTOCOL, message);
    }
}
