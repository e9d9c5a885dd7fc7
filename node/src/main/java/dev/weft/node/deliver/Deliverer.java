package dev.weft.node.deliver;

import com.google.common.util.concurrent.MoreExecutors;
import dev.weft.node.deliver.DeliveryStatus.State;
import dev.weft.node.telemetry.Metrics;
import dev.weft.node.telemetry.SecurityEvent;
import dev.weft.node.telemetry.SecurityEvents;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.v1.AggregatorMessage;
import dev.weft.proto.v1.CheckpointUpdate;
import dev.weft.proto.v1.Goodbye;
import dev.weft.proto.v1.Hello;
import dev.weft.proto.v1.Receipts;
import dev.weft.proto.v1.Refusal;
import dev.weft.proto.v1.Welcome;
import io.grpc.Status;
import io.prometheus.metrics.core.metrics.Counter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers the outbox: one stream at a time, statements in order of seq, at most a window of them unanswered. It starts
 * at the first statement without a receipt, whatever happened before. Everything below runs on one thread, which alone
 * reads and writes the fields; {@link #status} reads a copy.
 */
public final class Deliverer implements AutoCloseable {
    /** What has to be known and never changes while the node runs. */
    public record Settings(
            Digest federation,
            String origin,
            String software,
            int window,
            Duration backoffInitial,
            Duration backoffMax,
            Duration answerTimeout) {}

    /** What the node shares among its parts. */
    public record Surroundings(SecurityEvents events, Metrics metrics, InstantSource clock, RandomGenerator random) {}

    private static final Logger LOG = LoggerFactory.getLogger(Deliverer.class);
    private static final Duration TICK = Duration.ofSeconds(1);

    private final Settings settings;
    private final OutboxTables tables;
    private final SharedHead sharedHead;
    private final Peer peer;
    private final LongSupplier anchored;
    private final SecurityEvents events;
    private final InstantSource clock;
    private final DeliveryState standing;
    private final Backoff backoff;
    private final Backoff retryRefused;
    private final ScheduledExecutorService loop;
    private final Counter receipts;
    private final Refusals refusals;
    private final Counter failures;

    private LogFollower follower = LogFollower.NONE;
    private SealedTraffic sealed = SealedTraffic.NONE;
    private LogContinuation continuation = welcome -> {
        throw new VerificationException(Reason.UNKNOWN_LOG, "Another log is not taken up here.");
    };
    private RequirementTaker requirement = welcome -> false;
    private @Nullable Flight flight;
    private boolean closed;
    private long blockedAt = -1;

    /**
     * Does nothing before {@link #start}.
     *
     * @param anchored the first own seq that the node's anchor does not cover: nothing from there on may leave
     */
    public Deliverer(
            Settings settings,
            OutboxTables tables,
            SharedHead sharedHead,
            Peer peer,
            LongSupplier anchored,
            Surroundings surroundings) {
        this.settings = settings;
        this.tables = tables;
        this.sharedHead = sharedHead;
        this.peer = peer;
        this.anchored = anchored;
        this.events = surroundings.events();
        this.clock = surroundings.clock();
        this.standing = new DeliveryState(clock);
        this.backoff = new Backoff(settings.backoffInitial(), settings.backoffMax(), surroundings.random());
        this.retryRefused = new Backoff(settings.backoffInitial(), settings.backoffMax(), surroundings.random());
        Metrics metrics = surroundings.metrics();
        this.loop = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "weft-deliver");
            thread.setDaemon(true);
            return thread;
        });
        receipts = metrics.counter("weft_node_receipts", "Statements that became durable.");
        refusals = new Refusals(tables, metrics, events, clock);
        failures = metrics.counter("weft_node_stream_failures", "Streams that ended other than by goodbye.");
        metrics.gauge("weft_node_delivery_connected", "1 while a stream is open.", () -> status().connected() ? 1 : 0);
        metrics.gauge("weft_node_statements_pending", "Signed and not yet durable.", () -> status().pending());
    }

    /** Who shares the stream; to be said before {@link #start}. */
    public void follow(LogFollower newFollower) {
        follower = newFollower;
    }

    /** Who sends and reads sealed messages; to be said before {@link #start}. */
    public void carry(SealedTraffic traffic) {
        sealed = traffic;
    }

    /** Begins to deliver, and goes on until {@link #close}. */
    public void start() {
        loop.execute(guarded(this::connect));
        var unused = loop.scheduleWithFixedDelay(
                guarded(this::tick), TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Who takes up that the log goes on under another origin; before {@link #start}. */
    public void onContinuation(LogContinuation taker) {
        continuation = taker;
    }

    /** Who takes up that root requires second signatures; before {@link #start}. */
    public void onRequirement(RequirementTaker taker) {
        requirement = taker;
    }

    /** New statements may leave. Cheap, from any thread. */
    public void wake() {
        if (!loop.isShutdown()) {
            loop.execute(guarded(this::pump));
        }
    }

    /** The node's certificate changed, or somebody asks to try again now: a new stream with what is in force. */
    public void reconnect() {
        loop.execute(guarded(() -> {
            drop("reconnect");
            peer.renew();
            backoff.reset();
            blockedAt = -1;
            connect();
        }));
    }

    /** A copy; from any thread. */
    public DeliveryStatus status() {
        return tables.read(connection -> standing.status(tables.outbox(), connection, peer.address()));
    }

    /** Ends the stream in order and stops. What was not receipted is sent again after the next start. */
    @Override
    public void close() {
        loop.execute(guarded(() -> {
            closed = true;
            drop("shutdown");
            become(State.STOPPED, "stopped");
        }));
        MoreExecutors.shutdownAndAwaitTermination(loop, Duration.ofSeconds(10));
    }

    private void connect() {
        if (closed || flight != null || standing.state() == State.DISTRUSTED) {
            return;
        }
        if (sharedHead.forked()) {
            become(State.DISTRUSTED, "the shared log contradicted itself: nothing is sent; call the other members");
            return;
        }
        become(State.CONNECTING, "connecting to " + peer.address());
        long firstPending = tables.read(tables.outbox()::firstPending);
        TreeHead held = sharedHead.held();
        Hello.Builder hello = Hello.newBuilder()
                .addProtocolVersions(WelcomeCheck.VERSION)
                .setFederation(settings.federation().toByteString())
                .setIncarnation(tables.outbox().incarnation())
                .setNextSeq(firstPending)
                .setSealed(sealed.reads())
                .setSoftware(settings.software());
        if (!held.isEmpty()) {
            hello.setSeen(held.toProto());
        }
        follower.witnessing().ifPresent(hello::setWitnessing);
        Flight next = new Flight(firstPending, tables.read(tables.outbox()::lastIndex), clock.instant());
        next.verified(held); // a receipt may lead to it without its being sent again
        flight = next;
        next.open(ExchangeClient.open(peer.channel(), hello.build(), loop, listener));
    }

    private final ExchangeClient.Listener listener = new ExchangeClient.Listener() {
        @Override
        public void received(ExchangeClient stream, AggregatorMessage message) {
            guarded(() -> whileOpen(stream, open -> handle(open, message))).run();
        }

        @Override
        public void ready(ExchangeClient stream) {
            guarded(Deliverer.this::pump).run();
        }

        @Override
        public void ended(ExchangeClient stream, Status status) {
            guarded(() -> whileOpen(stream, open -> failed(StreamFailure.describe(status, peer.address()))))
                    .run();
        }
    };

    private void whileOpen(ExchangeClient stream, Consumer<Flight> task) {
        Flight open = flight;
        if (open != null && open.isOn(stream)) {
            task.accept(open);
        }
    }

    private void handle(Flight open, AggregatorMessage message) {
        open.heard(clock.instant());
        try {
            switch (message.getMessageCase()) {
                case WELCOME -> welcome(open, message.getWelcome());
                case CHECKPOINT -> checkpoint(open, message.getCheckpoint());
                case RECEIPTS -> receipts(open, message.getReceipts());
                case REFUSAL -> refusal(open, message.getRefusal());
                case GOODBYE -> goodbye(message.getGoodbye());
                case ENTRIES -> follower.entries(message.getEntries());
                case ADD_CHECKPOINT -> follower.asked(message.getAddCheckpoint());
                case FINAL -> follower.finality(message.getFinal());
                case SEALED -> sealed.arrived(message.getSealed());
                case SEALED_ANSWER -> sealed.answered(message.getSealedAnswer());
                case MESSAGE_NOT_SET -> {
                    // A kind that this version does not know says nothing to it.
                }
            }
        } catch (VerificationException e) {
            disbelieve(e);
        }
    }

    private void checkpoint(Flight open, CheckpointUpdate update) throws VerificationException {
        TreeHead head = sharedHead.accept(update);
        open.verified(head);
        follower.verified(head);
    }

    /** Runs it on the loop if that stream is still the one; what a follower of an older one wants is passed over. */
    private void whileFlying(Flight mine, Runnable task) {
        if (!loop.isShutdown()) {
            loop.execute(guarded(() -> {
                if (flight == mine) {
                    task.run();
                }
            }));
        }
    }

    private void welcome(Flight open, Welcome welcome) throws VerificationException {
        if (!welcome.getOrigin().equals(settings.origin()) && welcome.getContinuationsCount() > 0) {
            continuation.offered(welcome);
            drop("the log goes on");
            become(State.STOPPED, "the shared log goes on as " + welcome.getOrigin() + "; the node takes it up");
            return;
        }
        if (welcome.getOrigin().equals(settings.origin()) && requirement.offered(welcome)) {
            drop("second signatures are required");
            become(State.STOPPED, "root requires second signatures; the node takes that up");
            return;
        }
        long signed = tables.read(tables.outbox()::authorState).nextSeq();
        new WelcomeCheck(settings.origin(), tables.outbox().incarnation(), events)
                .check(welcome, open.firstPending(), signed);
        open.welcomed(Math.max(1, Math.min(settings.window(), welcome.getWindow())));
        backoff.reset();
        LOG.info("delivering to {} from statement {}", peer.address(), open.firstPending());
        connected();
        follower.connected(new FollowerWire(open, task -> whileFlying(open, task), this::failed));
        sealed.connected(new SealedWire(open, task -> whileFlying(open, task)));
        pump();
    }

    private void connected() {
        if (blockedAt < 0) {
            become(State.CONNECTED, "statements flow to " + peer.address());
        }
    }

    private void pump() {
        Flight open = flight;
        if (closed || open == null || !open.isWelcome() || open.refusedAt() >= 0 || blockedAt >= 0) {
            return;
        }
        long end = anchored.getAsLong();
        int room = open.room();
        if (room <= 0 || open.nextToSend() >= end || !open.isReady()) {
            return;
        }
        int limit = (int) Math.min(room, end - open.nextToSend());
        List<OutboxEntry> entries =
                tables.read(connection -> tables.outbox().from(connection, open.nextToSend(), limit));
        for (OutboxEntry entry : entries) {
            if (!open.isReady()) {
                break;
            }
            open.send(entry, clock.instant());
        }
        publish();
    }

    private void receipts(Flight open, Receipts message) throws VerificationException {
        List<Flight.Verified> verified = open.verify(
                message,
                (seq, problem) -> events.raise(
                        new SecurityEvent.ReceiptRefused(seq, problem.reason().code(), problem.getMessage())));
        // A crash before this commit: the statements are sent again, and answered by the same indexes.
        tables.write(connection -> {
            for (Flight.Verified receipt : verified) {
                tables.outbox().receipted(connection, receipt.seq(), receipt.proof());
                if (receipt.older().isPresent()) {
                    tables.outbox()
                            .loggedAs(connection, receipt.seq(), receipt.older().get());
                }
            }
            return true;
        });
        open.settled(verified);
        receipts.inc(verified.size());
        retryRefused.reset();
        afterAnswer(open);
    }

    private void refusal(Flight open, Refusal refusal) {
        if (!open.refused(refusal)) {
            return;
        }
        refusals.count(refusal);
        afterAnswer(open);
    }

    /** Once everything in flight is answered, a refusal decides how it goes on; before, later answers are its echo. */
    private void afterAnswer(Flight open) {
        Refusal refusal = open.firstRefusal();
        if (refusal == null || open.inFlight() > 0) {
            publish();
            pump();
            return;
        }
        refusals.keep(refusal);
        if (refusal.getRetry()) {
            Duration wait = retryRefused.next();
            become(State.CONNECTED, Refusals.forNow(refusal));
            var unused = loop.schedule(guarded(() -> again(open)), wait.toMillis(), TimeUnit.MILLISECONDS);
        } else {
            blockedAt = refusal.getSeq();
            become(State.BLOCKED, Refusals.forGood(refusal));
        }
    }

    private void again(Flight open) {
        if (flight == open) {
            open.resume();
            connected();
            pump();
        }
    }

    private void goodbye(Goodbye goodbye) {
        LOG.info("the aggregator says goodbye ({}): {}", goodbye.getReason(), goodbye.getMessage());
        drop("goodbye");
        if (goodbye.getRetryAfterSeconds() == 0) {
            become(
                    State.DISMISSED,
                    "the aggregator ended delivery (" + goodbye.getReason() + "): " + goodbye.getMessage()
                            + " Restart the node once that is settled; recording goes on.");
            return;
        }
        peer.rotate();
        Duration wait = backoff.next().plusSeconds(goodbye.getRetryAfterSeconds());
        retryIn(wait, "the aggregator asked to come back later (" + goodbye.getReason() + ")");
    }

    /** What came is not believed: the stream ends, nothing of it counts, and the next attempt takes its time. */
    private void disbelieve(VerificationException problem) {
        if (sharedHead.forked()) {
            drop("fork");
            become(State.DISTRUSTED, problem.getMessage());
        } else {
            failed(problem.getMessage());
        }
    }

    private void failed(String why) {
        failures.inc();
        drop(why);
        peer.rotate();
        retryIn(backoff.next(), why);
    }

    private void retryIn(Duration wait, String why) {
        if (backoff.failures() == 1) {
            LOG.warn("no delivery: {}; recording goes on, and delivery is tried again by itself", why);
        } else {
            LOG.debug("no delivery: {}; next attempt in {} ms", why, wait.toMillis());
        }
        standing.waitUntil(clock.instant().plus(wait), why);
        publish();
        var unused = loop.schedule(guarded(this::connect), wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void drop(String why) {
        Flight open = flight;
        flight = null;
        if (open != null) {
            open.cancel(why);
            follower.disconnected();
            sealed.disconnected();
        }
    }

    private void tick() {
        Flight open = flight;
        if (open != null && open.silentFor(clock.instant()).compareTo(settings.answerTimeout()) > 0) {
            failed("the aggregator has not answered for "
                    + settings.answerTimeout().toSeconds() + " s");
        }
        pump();
    }

    private void become(State next, String why) {
        standing.become(next, why);
        publish();
    }

    private void publish() {
        Flight open = flight;
        standing.inFlight(open == null ? 0 : open.inFlight());
    }

    /** A failure of the local disk, or a bug: this stream ends, and delivery tries again later. */
    private Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("delivery stumbled; it goes on with a new stream", e);
                if (!closed) {
                    failed("this node could not go on: " + e.getMessage());
                }
            }
        };
    }
}
