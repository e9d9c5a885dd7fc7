package dev.weft.aggregator.accept;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.aggregator.publish.Published;
import dev.weft.aggregator.publish.Sequencer;
import dev.weft.aggregator.watch.Metrics;
import dev.weft.aggregator.watch.SecurityEvent;
import dev.weft.aggregator.watch.SecurityEvents;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.log.AnchorLostException;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.standing.Requirement;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Evidence;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.Opening;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one holder of the log. Takes checked statements from a bounded queue, appends them in batches on one thread, and
 * follows docs/protocol.md section 5: (1) one transaction, (2) recompute and sign, (3) anchor, (4) publish and answer.
 *
 * <p>Not built on {@code GroupCommit}: a batch is one append to the tree, statements need no savepoint each because they
 * are judged before anything is written, and its answers leave only after the anchor.
 */
public final class Appender implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Appender.class);
    /** About a second's work. */
    private static final int CAUGHT_UP_AT_STOP = 4_096;

    private static final long RETRY_MILLIS = 500;
    /** How often the storage is tried while it refuses and nobody sends anything. */
    private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LogHolding holding;
    private final Sequencer sequencer;
    private final AggregatorAuthor author;
    private final Consumer<Standing> directory;
    private final Projector projector;
    private final LogWriter writer;
    private final Metrics metrics;
    private final SecurityEvents events;
    private final SeenWatch seen;
    private final AppendRule rule;
    private final Equivocation equivocation;
    private final MemberForks forks;
    private final IntakeQueue queue;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;
    /** Whoever waits for the batch in hand. */
    private final List<Outcome> inHand = new ArrayList<>();
    /** Answers that wait for the batch's publication. */
    private final List<Runnable> answers = new ArrayList<>();

    private volatile Standing standing;
    private volatile @Nullable VerificationException stopped;
    /** What the storage refuses since the last batch; empty while it takes everything. */
    private volatile Optional<String> storageTrouble = Optional.empty();

    private long probed = System.nanoTime();

    /**
     * What the appender works with.
     *
     * @param directory told of each standing in which somebody's right to speak has changed
     */
    public record Parts(
            LogHolding holding,
            Sequencer sequencer,
            AggregatorAuthor author,
            Consumer<Standing> directory,
            ProjectionSink sink,
            ForkFolder forks,
            Metrics metrics,
            SecurityEvents events) {}

    /**
     * Takes hold of the log; {@link #start} makes it run.
     *
     * @param standing at the end of the log
     */
    public Appender(Parts parts, Standing standing, IntakeQueue.Limits limits) throws SQLException {
        this.holding = parts.holding();
        this.sequencer = parts.sequencer();
        this.author = parts.author();
        this.directory = parts.directory();
        this.metrics = parts.metrics();
        this.events = parts.events();
        this.standing = standing;
        this.projector = new Projector(holding, parts.sink(), standing.limits(), metrics, events);
        this.writer = new LogWriter(holding, projector);
        this.seen = new SeenWatch(events);
        this.rule = new AppendRule(holding.sequences(), new Signatures(parts.events()));
        this.equivocation = new Equivocation(holding.store(), holding.standings());
        this.forks = new MemberForks(holding, sequencer.published(), parts.forks(), events);
        this.queue = new IntakeQueue(limits);
        this.thread = new Thread(this::loop, "weft-log");
    }

    /**
     * Publishes what a crash may have left unpublished, then starts the thread.
     *
     * @return how many entries were committed and not yet public
     */
    public long start() throws VerificationException, IOException, AnchorLostException, SQLException {
        long unpublished = holding.log().head().size() - sequencer.anchored().size();
        signAsRequired();
        if (!holding.log().head().isEmpty()) {
            sequencer.publish(holding.log().head());
            forks.catchUp();
        }
        thread.start();
        return unpublished;
    }

    /**
     * Checkpoints carry what the standing requires. A crash between the commit of root's requirement and this leaves a log whose
     * start does it before anything is signed.
     */
    private void signAsRequired() throws VerificationException {
        Optional<Requirement> required = standing.requirement();
        if (required.isPresent()) {
            sequencer.signTwice(
                    author.second(required.get()).log(), required.get().firstSize());
        }
    }

    public Published published() {
        return sequencer.published();
    }

    /** Why a statement that came now could not be taken or published; empty while all is well. Any thread. */
    public Optional<String> trouble() {
        VerificationException dead = stopped;
        if (dead != null) {
            return Optional.of(dead.reason().code() + ": " + dead.getMessage());
        }
        return stopping.getCount() == 0
                ? Optional.of("shutdown: The aggregator is stopping; come back.")
                : storageTrouble;
    }

    /** Standing and turns after the last published entry; read only. */
    public Standing standing() {
        return standing;
    }

    /**
     * Appends a well-formed statement; signatures and turn are checked at its index.
     *
     * @return fails with a {@link VerificationException} where it is refused; {@link Reason#BUSY} if the queue is full
     */
    public CompletableFuture<Accepted> submit(OpenedEnvelope opened, List<Digest> siteProof, List<Opening> openings) {
        FutureOutcome outcome = new FutureOutcome();
        offer(new Submission(opened, siteProof, openings, Optional.empty(), outcome));
        return outcome.future();
    }

    /** Signs and appends a statement of the author {@code aggregator}. */
    public CompletableFuture<Accepted> state(Message body) {
        FutureOutcome outcome = new FutureOutcome();
        put(new IntakeQueue.Own(body, Optional.empty(), outcome), outcome);
        return outcome.future();
    }

    void offer(Submission submission) {
        put(new IntakeQueue.Sent(submission), submission.outcome());
    }

    private void put(IntakeQueue.Item item, Outcome outcome) {
        VerificationException dead = stopped;
        if (dead != null) {
            refuse(outcome, dead, 0);
        } else if (stopping.getCount() == 0) {
            refuse(outcome, new VerificationException(Reason.SHUTDOWN, "The aggregator is stopping; come back."), 0);
        } else if (!queue.offer(item)) {
            refuse(
                    outcome,
                    new VerificationException(Reason.BUSY, "Too much waits for the log; send it again later."),
                    0);
        }
    }

    /** Finishes what is queued, then ends the thread. */
    @Override
    public void close() {
        stopping.countDown();
        queue.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void loop() {
        try {
            while (true) {
                List<IntakeQueue.Item> items =
                        queue.take(projector.isBehind(holding.log().head().size()));
                if (!items.isEmpty()) {
                    batch(items);
                    continue;
                }
                lookForRoom();
                if (queue.isEnded() && !isWorthCatchingUp()) {
                    return;
                } else if (projector.isBehind(holding.log().head().size()) && !project() && queue.isEnded()) {
                    // The graph stays behind: it follows from the log, and the next start goes on with it.
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop(new VerificationException(Reason.STOPPED, "The log was interrupted; restart the aggregator."));
        } catch (VerificationException e) {
            stop(e);
        } catch (AnchorLostException e) {
            stop(new VerificationException(
                    Reason.ANCHOR_LOST, "Another process moved the anchor; stop both and compare their logs."));
        } catch (RuntimeException | SQLException e) {
            log.error("the holder of the log failed", e);
            stop(new VerificationException(Reason.STOPPED, "The log stopped after a failure; restart the aggregator."));
        }
    }

    /** Between batches: whoever asks whether this aggregator is ready should not need to send a statement to find out. */
    private void lookForRoom() {
        if (storageTrouble.isEmpty() || System.nanoTime() - probed < PROBE_NANOS) {
            return;
        }
        probed = System.nanoTime();
        if (writer.hasRoom()) {
            log.info("there is room again: statements are taken");
            storageTrouble = Optional.empty();
        }
    }

    private void batch(List<IntakeQueue.Item> items)
            throws VerificationException, AnchorLostException, SQLException, InterruptedException {
        long start = System.nanoTime();
        Batch batch = new Batch(holding.log().head().size(), standing);
        inHand.clear();
        int taken = 0;
        while (taken < items.size() && !batch.standingChanged()) {
            IntakeQueue.Item item = items.get(taken++);
            inHand.add(item.outcome());
            decide(item, batch);
        }
        queue.putBack(items.subList(taken, items.size()));
        boolean durable = batch.entries().isEmpty() || commit(batch);
        metrics.spent(Metrics.Stage.STORE, start);
        if (durable && !batch.entries().isEmpty()) {
            boolean required = batch.standing().requirement().isPresent()
                    && standing.requirement().isEmpty();
            standing = batch.standing();
            if (required) {
                signAsRequired();
            }
            publish();
            if (batch.standingChanged()) {
                directory.accept(standing.copy());
            }
            answer(batch);
        }
        answers.forEach(Runnable::run);
        answers.clear();
        inHand.forEach(this::end);
        inHand.clear();
    }

    private void decide(IntakeQueue.Item item, Batch batch) throws SQLException {
        try {
            if (item instanceof IntakeQueue.Own own) {
                AdminActions.check(own.body(), batch.standing());
                TreeHead seen = batch.nextIndex() == 0
                        ? TreeHead.EMPTY
                        : published().current().head();
                OpenedEnvelope signed = author.sign(own.body(), batch.standing(), seen);
                Submission submission = new Submission(signed, List.of(), List.of(), Optional.empty(), own.outcome());
                append(submission, own.second(), batch);
            } else if (item instanceof IntakeQueue.Sent sent) {
                append(sent.submission(), Optional.empty(), batch);
            }
        } catch (VerificationException e) {
            refuse(item.outcome(), e, expected(item, batch.standing()));
            if (e.reason() == Reason.SITE_PROOF_INVALID && item instanceof IntakeQueue.Sent sent) {
                answers.add(() -> forks.refusedSite(sent.submission(), standing));
            }
        }
    }

    private void append(Submission submission, Optional<ByteString> second, Batch batch)
            throws VerificationException, SQLException {
        AppendRule.Verdict verdict = rule.judge(submission, batch.standing());
        if (verdict instanceof AppendRule.Verdict.Taken taken) {
            taken(submission, taken.index(), batch.standing());
        } else if (verdict instanceof AppendRule.Verdict.Later) {
            later(submission, batch);
        } else {
            long index = batch.nextIndex();
            requireOwnSecondKeys(index, submission.opened(), batch.standing());
            batch.standing().reapply(index, submission.opened()); // judged right above, at this index
            batch.add(new Batch.Entry(index, submission.opened(), submission, second));
        }
    }

    /** A rule of this aggregator: what it cannot sign for is not taken in, else its log would stop there. */
    private void requireOwnSecondKeys(long index, OpenedEnvelope opened, Standing before) throws VerificationException {
        if (opened.statement().predicate().orElse(null) instanceof Key key && key.hasRequire()) {
            Standing after = before.copy();
            after.reapply(index, opened);
            SecondSigners.Pair unused = author.second(after.requirement().orElseThrow());
        }
    }

    private void taken(Submission submission, long index, Standing now) throws VerificationException, SQLException {
        if (equivocation.isSame(submission.opened(), index, now)) {
            metrics.repeated();
            answers.add(() -> submission.outcome().appended(index));
            return;
        }
        Evidence evidence = equivocation.evidence(submission.opened(), index, now);
        FutureOutcome logged = new FutureOutcome();
        ByteString second = submission.opened().bytes();
        queue.putBack(List.of(new IntakeQueue.Own(evidence, Optional.of(second), logged)));
        // A crash before the file is there: the start writes it, from the entry and the envelope beside it.
        CompletableFuture<Void> unused = logged.future()
                .thenAccept(accepted -> answers.add(() -> forks.equivocation(evidence, second, accepted.index())));
        throw new VerificationException(
                Reason.EQUIVOCATION,
                "'" + evidence.getMember() + "' has signed two statements for seq " + evidence.getSeq()
                        + "; the evidence is logged and the key is in quarantine until a rollover.");
    }

    /** The seq is below the author's next one and no row has it: it is in this batch, or it never was. */
    private void later(Submission submission, Batch batch) throws VerificationException {
        Header header = submission.opened().statement().header();
        boolean inBatch = batch.entries().stream()
                .map(entry -> entry.opened().statement().header())
                .anyMatch(other -> other.getAuthor().equals(header.getAuthor())
                        && other.getIncarnation() == header.getIncarnation()
                        && other.getSeq() == header.getSeq());
        if (!inBatch) {
            throw new VerificationException(
                    Reason.WRONG_INCARNATION,
                    "seq " + header.getSeq() + " of incarnation " + header.getIncarnation()
                            + " was never appended, and that incarnation is over; state it again in the new one.");
        }
        queue.putBack(List.of(new IntakeQueue.Sent(submission)));
    }

    /** Step 1. False where nothing was kept: all of the batch was refused. */
    private boolean commit(Batch batch) throws SQLException, VerificationException {
        if (writer.commit(batch, published().current().size())) {
            storageTrouble = Optional.empty();
            return true;
        }
        VerificationException refusal = StorageFault.refusal();
        storageTrouble = Optional.of(refusal.reason().code() + ": " + refusal.getMessage());
        for (Batch.Entry entry : batch.entries()) {
            Header header = entry.opened().statement().header();
            refuse(entry.submission().outcome(), refusal, expected(header, standing));
        }
        return false;
    }

    /** Steps 2 to 4; while the anchor cannot be written nothing leaves, and it is tried again. */
    private void publish() throws VerificationException, AnchorLostException, InterruptedException {
        long start = System.nanoTime();
        boolean published = false;
        while (!published) {
            try {
                sequencer.publish(holding.log().head());
                published = true;
                storageTrouble = Optional.empty();
            } catch (IOException e) {
                log.warn("the anchor cannot be written, nothing is published until it can: {}", e.toString());
                storageTrouble = Optional.of("unavailable: The anchor cannot be written, and nothing is published until"
                        + " it can; make its directory writable and give it room.");
                if (stopping.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
                    throw new VerificationException(
                            Reason.SHUTDOWN, "The aggregator stopped before the anchor could be written.");
                }
            }
        }
        metrics.spent(Metrics.Stage.PUBLISH, start);
    }

    private void answer(Batch batch) {
        metrics.accepted(batch.entries().size());
        for (Batch.Entry entry : batch.entries()) {
            projector.remember(entry.index(), entry.opened());
            entry.submission().outcome().appended(entry.index());
            seen.look(
                    entry.index(),
                    entry.opened().statement().header(),
                    published().current());
        }
    }

    /** Whether a stop waits for the graph: not where it is far behind. */
    private boolean isWorthCatchingUp() {
        long behind = projector.behind(published().current().size());
        return behind > 0 && behind <= CAUGHT_UP_AT_STOP;
    }

    /** False where the graph could not be stored. */
    private boolean project() throws SQLException {
        boolean stored = writer.project(published().current().size());
        if (!stored) {
            queue.rest(RETRY_MILLIS);
        }
        return stored;
    }

    private void refuse(Outcome outcome, VerificationException why, long expectedSeq) {
        metrics.refused(why.reason());
        outcome.refused(why, expectedSeq);
        if (Thread.currentThread() != thread) {
            outcome.batchEnded();
        }
    }

    /** A stream that cannot be answered is its own trouble, never the log's. */
    private void end(Outcome outcome) {
        try {
            outcome.batchEnded();
        } catch (RuntimeException e) {
            log.warn("an answer could not be given: {}", e.toString());
        }
    }

    private static long expected(IntakeQueue.Item item, Standing now) {
        return item instanceof IntakeQueue.Sent sent
                ? expected(sent.submission().opened().statement().header(), now)
                : 0;
    }

    private static long expected(Header header, Standing now) {
        try {
            AuthorState state = now.author(new MemberName(header.getAuthor()));
            return state.nextSeq();
        } catch (VerificationException unknownAuthor) {
            return 0;
        }
    }

    /** Nothing is signed any more; whoever waits and whoever comes is told. */
    private void stop(VerificationException why) {
        stopped = why;
        events.raise(new SecurityEvent.LogStopped(why.reason().code() + ": " + why.getMessage()));
        answers.clear();
        queue.close();
        // Those of the batch in hand may be durable; an outcome that was answered already takes no second answer.
        inHand.forEach(outcome -> outcome.refused(why, 0));
        inHand.forEach(this::end);
        for (IntakeQueue.Item item : queue.drain()) {
            refuse(item.outcome(), why, 0);
            end(item.outcome());
        }
    }
}
