package dev.weft.node.witness;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.ByteString;
import dev.weft.node.config.NodeConfig.WitnessMode;
import dev.weft.node.deliver.LogFollower;
import dev.weft.node.telemetry.SecurityEvent;
import dev.weft.node.telemetry.SecurityEvents;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.log.GroupCommit;
import dev.weft.proto.log.TlogFiles;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Cosignature;
import dev.weft.proto.note.Note;
import dev.weft.proto.standing.FoundingEntry;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.standing.StatedPolicy;
import dev.weft.proto.v1.AddCheckpoint;
import dev.weft.proto.v1.CosignatureLines;
import dev.weft.proto.v1.EntriesRequest;
import dev.weft.proto.v1.EntryBatch;
import dev.weft.proto.v1.FinalCheckpoint;
import dev.weft.proto.v1.Witnessing;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cosigns checkpoints of the shared log, one request at a time, C2SP tlog-witness over delivery's stream: check against the
 * last one cosigned, keep, then sign. As a mirror it tails the log and cosigns only what its own copy gives. Everything
 * happens on one thread, which alone reads and writes the fields that are not final or volatile.
 */
public final class Witness implements LogFollower, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Witness.class);
    private static final int BATCH = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration TICK = Duration.ofSeconds(2);
    private static final Duration REST = Duration.ofSeconds(10);

    /** As whom it cosigns. */
    public record Self(MemberName name, SigningKey key) {}

    /**
     * What it works with.
     *
     * @param mustNot why nothing may be signed, where that is so: a directory that was set back does not know what it signed
     */
    public record Parts(
            SharedLog sharedLog,
            Finality finality,
            GroupCommit writer,
            DataSource reads,
            SecurityEvents events,
            InstantSource clock,
            Supplier<Optional<String>> mustNot) {}

    /**
     * How it stands, for people.
     *
     * @param mirrored entries in the copy
     * @param verified entries whose signed root the copy gave
     * @param cosigned size of the checkpoint cosigned last
     * @param trouble why it does not cosign now
     */
    public record View(WitnessMode mode, long mirrored, long verified, long cosigned, Optional<String> trouble) {}

    /** A request that passed, and waits for the copy to get there. */
    private record Asked(TreeHead head, ByteString note, Consumer<CosignatureLines> reply) {}

    private final WitnessMode mode;
    private final Self self;
    private final Parts parts;
    private final @Nullable Mirror mirror;
    private final Comparison comparison;
    private final WitnessStore store = new WitnessStore();
    private final ScheduledExecutorService thread;
    private volatile Optional<HeldCheckpoint> cosigned;
    private volatile Optional<String> trouble = Optional.empty();
    private volatile long mirrored;
    private Consumer<Standing> standings = standing -> {};
    private Consumer<FoundingEntry> requirements = entry -> {};
    private boolean required;
    private long told;

    private @Nullable Wire wire;
    private @Nullable Asked asked;
    private boolean requested;
    private long requestedAt;
    private boolean resting;
    private long restingSince;
    private boolean broken;
    private int policies;

    /** Does nothing before the first stream. */
    private Witness(WitnessMode mode, Self self, Parts parts, @Nullable Mirror mirror) throws SQLException {
        this.mode = mode;
        this.self = self;
        this.parts = parts;
        this.mirror = mirror;
        this.comparison = new Comparison(parts.sharedLog(), mirror);
        try (Connection connection = parts.reads().getConnection()) {
            this.cosigned = store.cosigned(connection);
        }
        this.mirrored = mirror == null ? 0 : mirror.size();
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "weft-witness");
            made.setDaemon(true);
            return made;
        });
        var unused = thread.scheduleWithFixedDelay(
                guarded(this::tick), TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** One that keeps no copy. */
    public static Witness withoutMirror(WitnessMode mode, Self self, Parts parts) throws SQLException {
        return new Witness(mode, self, parts, null);
    }

    /** One that keeps a copy of the log; it closes the file. */
    public static Witness mirroring(Self self, Parts parts, MirrorFile file) throws SQLException {
        EntryCheck check = new EntryCheck(self.name(), file.own(), parts.events(), file.founding());
        Mirror mirror = Mirror.open(
                file.database(),
                check,
                parts.events(),
                file.forks(),
                parts.sharedLog().held());
        return new Witness(WitnessMode.MIRROR, self, parts, mirror);
    }

    /**
     * Tells who may speak, and which keys are in force, each time the copy was found to give a larger signed root; at once,
     * where it did before. Nothing is told by a node that keeps no copy.
     */
    public void onStanding(Consumer<Standing> listener) {
        run(() -> {
            standings = listener;
            told = 0;
            tellStanding();
        });
    }

    /**
     * Tells root's statement that requires second signatures once the verified copy holds it, so that nobody can keep it from
     * this node. Nothing is told by a node that keeps no copy.
     */
    public void onRequirement(Consumer<FoundingEntry> listener) {
        run(() -> {
            requirements = listener;
            required = false;
            if (mirror != null) {
                tellRequirement(mirror);
            }
        });
    }

    private void tellRequirement(Mirror copy) {
        if (!required) {
            long end = copy.verified().size();
            // Genesis is known to every member, whatever it requires.
            copy.standing()
                    .flatMap(Standing::requirement)
                    .filter(stated -> stated.index() > 0 && stated.index() < end)
                    .ifPresent(stated -> {
                        requirements.accept(new FoundingEntry(stated.index(), copy.entry(stated.index())));
                        required = true;
                    });
        }
    }

    private void tellStanding() {
        Mirror copy = mirror;
        // Above the signed root lie entries that may yet be taken back.
        if (copy != null
                && copy.verified().size() > told
                && copy.size() == copy.verified().size()) {
            told = copy.verified().size();
            copy.standing().map(Standing::copy).ifPresent(standings);
        }
    }

    public View view() {
        Mirror copy = mirror;
        Optional<String> why = parts.sharedLog().forked()
                ? Optional.of("the shared log contradicted itself")
                : parts.mustNot().get().or(() -> trouble);
        return new View(
                mode,
                mirrored,
                copy == null ? 0 : copy.verified().size(),
                cosigned.map(last -> last.head().size()).orElse(0L),
                why);
    }

    /** The copy, as far as it is known to be the signed log; empty where this node keeps none. */
    public Optional<TlogFiles> copy() {
        Mirror copy = mirror;
        return copy == null ? Optional.empty() : Optional.of(copy.files());
    }

    /** Entries whose signed root the copy gave. */
    public long copied() {
        return mirror == null ? 0 : mirror.verified().size();
    }

    /** The checkpoint cosigned last, with a cosignature of now; empty before any, and where nothing may be signed. */
    public Optional<ByteString> lastCosigned() throws VerificationException {
        Optional<HeldCheckpoint> last = cosigned;
        if (last.isEmpty() || mode == WitnessMode.OFF || parts.mustNot().get().isPresent()) {
            return Optional.empty();
        }
        Cosignature line = line(last.get().head());
        return Optional.of(
                Note.parse(last.get().note()).with(List.of(line.line())).encode());
    }

    private Cosignature line(TreeHead head) {
        return Cosignature.sign(
                new Checkpoint(parts.sharedLog().origin(), head),
                self.name().value(),
                self.key(),
                parts.clock().instant());
    }

    @Override
    public Optional<Witnessing> witnessing() {
        if (mode == WitnessMode.OFF || parts.mustNot().get().isPresent()) {
            return Optional.empty();
        }
        return Optional.of(Witnessing.newBuilder()
                .setMode(
                        mode == WitnessMode.MIRROR
                                ? dev.weft.proto.v1.WitnessMode.MIRROR
                                : dev.weft.proto.v1.WitnessMode.LIGHT)
                .setSize(cosigned.map(last -> last.head().size()).orElse(0L))
                .build());
    }

    @Override
    public void connected(Wire newWire) {
        run(() -> {
            // First: what another stream asked for is no answer on this one.
            refuseAsked(Reason.UNAVAILABLE);
            wire = newWire;
            requested = false;
            step();
        });
    }

    @Override
    public void disconnected() {
        run(() -> {
            wire = null;
            refuseAsked(Reason.UNAVAILABLE);
            requested = false;
        });
    }

    @Override
    public void verified(TreeHead head) {
        run(this::step);
    }

    @Override
    public void asked(AddCheckpoint request) {
        run(() -> judge(request, this::send));
    }

    /** As if the aggregator asked, for whoever speaks plain C2SP tlog-witness: the answer as the stream would carry it. */
    public CompletableFuture<CosignatureLines> cosign(AddCheckpoint request) {
        CompletableFuture<CosignatureLines> answer = new CompletableFuture<>();
        run(() -> {
            if (asked != null) {
                answer.completeExceptionally(new VerificationException(
                        Reason.BUSY, "Another checkpoint is being looked at; send it again in a moment."));
                return;
            }
            judge(request, answer::complete);
        });
        return answer;
    }

    /**
     * Compares a checkpoint that somebody else was shown with this node's own copy; a contradiction is kept as a fork.
     *
     * @return in words, what the two say of each other
     */
    public CompletableFuture<String> compare(ByteString note) {
        return asked(() -> comparison.checkpoint(note));
    }

    /**
     * Compares a statement that somebody else was shown with this node's own copy; a second one for its place is kept as a
     * proof against its author.
     *
     * @param envelope as it was signed
     * @return in words, what the two say of each other
     */
    public CompletableFuture<String> compareStatement(ByteString envelope) {
        return asked(() -> comparison.statement(envelope));
    }

    /** What the witness's thread finds out for somebody else. */
    private interface Finding {
        String find() throws VerificationException, SQLException;
    }

    private CompletableFuture<String> asked(Finding finding) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        run(() -> {
            try {
                answer.complete(finding.find());
            } catch (VerificationException | SQLException | RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private void send(CosignatureLines lines) {
        Wire open = wire;
        if (open != null) {
            open.answer(lines);
        }
    }

    @Override
    public void entries(EntryBatch batch) {
        run(() -> take(batch));
    }

    @Override
    public void finality(FinalCheckpoint checkpoint) {
        run(() -> {
            try {
                parts.finality().accept(checkpoint);
            } catch (VerificationException e) {
                LOG.debug("not final: {}", e.getMessage());
            }
        });
    }

    private void judge(AddCheckpoint request, Consumer<CosignatureLines> reply) {
        long size = 0;
        try {
            size = Checkpoint.parse(Note.parse(request.getNote()).text()).head().size();
            Optional<HeldCheckpoint> last = cosigned;
            long lastSize = last.map(held -> held.head().size()).orElse(0L);
            require(parts.mustNot().get().isEmpty() && mode != WitnessMode.OFF, "this node cosigns nothing now");
            require(!broken, "this node does not believe the log any more");
            if (request.getOldSize() != lastSize || size < lastSize) {
                // What C2SP tlog-witness answers with 409.
                answer(reply, size, ByteString.EMPTY, Reason.LOG_MOVED.code());
                return;
            }
            TreeHead head = parts.sharedLog().offered(request.getNote(), last, request.getConsistencyList());
            if (mirror == null && !parts.sharedLog().headAt(size).equals(Optional.of(head))) {
                throw new VerificationException(
                        Reason.BAD_CONSISTENCY_PROOF, "It is not among the checkpoints that came on this stream.");
            }
            refuseAsked(Reason.BUSY); // the aggregator's request goes before one over HTTP that still waits
            asked = new Asked(head, request.getNote(), reply);
            step();
        } catch (VerificationException e) {
            parts.events()
                    .raise(new SecurityEvent.CosignatureRefused(size, e.reason().code(), e.getMessage()));
            answer(reply, size, ByteString.EMPTY, e.reason().code());
            if (parts.sharedLog().forked()) {
                giveUp(e.getMessage());
            }
        }
    }

    private static void require(boolean condition, String otherwise) throws VerificationException {
        if (!condition) {
            throw new VerificationException(Reason.STOPPED, otherwise + ".");
        }
    }

    private void take(EntryBatch batch) {
        Mirror copy = mirror;
        if (copy == null || !requested || batch.getFirst() != copy.size()) {
            return; // not what was asked for last
        }
        requested = false;
        if (batch.getEntriesCount() == 0) {
            withheld(copy);
            return;
        }
        int room = (int) Math.min(batch.getEntriesCount(), target().size() - copy.size());
        try {
            copy.take(batch.getEntriesList().subList(0, room));
            mirrored = copy.size();
            trouble = Optional.empty();
            step();
        } catch (VerificationException e) {
            // The same entry would be refused again: only another log could heal it.
            broken = true;
            trouble = Optional.of("an entry of the shared log breaks its rules: " + e.getMessage());
            refuseAsked(e.reason());
        } catch (SQLException | RuntimeException e) {
            rest(e);
        }
    }

    /** The disk: delivery goes on, the copy is tried again after a while. */
    private void rest(Exception problem) {
        trouble = Optional.of("the copy of the shared log cannot be written: " + problem.getMessage());
        LOG.warn("{}; tried again in {} s", trouble.get(), REST.toSeconds());
        refuseAsked(Reason.DISK_FULL);
        resting = true;
        restingSince = System.nanoTime();
    }

    private void withheld(Mirror copy) {
        trouble = Optional.of("the aggregator does not hand out entry " + copy.size());
        parts.events().raise(new SecurityEvent.EntriesWithheld(copy.size(), target().size()));
        giveUp("the aggregator does not hand out entries that it signed");
    }

    /** The largest head that the copy has to reach. */
    private TreeHead target() {
        TreeHead held = parts.sharedLog().held();
        Asked waiting = asked;
        return waiting != null && waiting.head().size() > held.size() ? waiting.head() : held;
    }

    /** Does what can be done now: cosign, compare, or ask for more entries. */
    private void step() {
        try {
            if (mirror == null) {
                cosignAsked();
            } else if (!broken && !resting && !parts.sharedLog().forked()) {
                follow(mirror);
            }
        } catch (Mirror.MismatchException e) {
            mirrored = mirror.size();
            trouble = Optional.of(e.what());
            refuseAsked(Reason.LOG_CORRUPT);
            giveUp(e.what());
        } catch (VerificationException e) {
            // It stands in the signed log: only another log could heal it.
            broken = true;
            trouble = Optional.of("the shared log holds what it must not: " + e.getMessage());
            refuseAsked(e.reason());
        } catch (SQLException e) {
            rest(e);
        }
    }

    private void follow(Mirror copy) throws Mirror.MismatchException, VerificationException, SQLException {
        Asked waiting = asked;
        if (waiting != null && copy.size() >= waiting.head().size()) {
            copy.confirm(waiting.head(), waiting.note());
            cosignAsked();
        }
        TreeHead held = parts.sharedLog().held();
        if (copy.size() >= held.size() && copy.verified().size() < held.size()) {
            copy.confirm(held, parts.sharedLog().noteAt(held.size()).orElseThrow());
        }
        policies(copy);
        tellRequirement(copy);
        tellStanding();
        long missing = target().size() - copy.size();
        Wire open = wire;
        if (missing > 0 && open != null && !requested) {
            requested = true;
            requestedAt = System.nanoTime();
            open.ask(EntriesRequest.newBuilder()
                    .setFirst(copy.size())
                    .setCount((int) Math.min(BATCH, missing))
                    .build());
        }
    }

    /** Every few seconds: an answer that does not come, and a disk that has room again. */
    private void tick() {
        if (resting && System.nanoTime() - restingSince >= REST.toNanos()) {
            resting = false;
            step();
        }
        if (requested && mirror != null && System.nanoTime() - requestedAt >= PATIENCE.toNanos()) {
            requested = false;
            withheld(mirror);
        }
    }

    /** Policies that the verified copy holds are known, whatever the aggregator says of them. */
    private void policies(Mirror copy) {
        List<StatedPolicy> stated = copy.standing().map(Standing::policies).orElse(List.of());
        while (policies < stated.size()
                && stated.get(policies).index() < copy.verified().size()) {
            StatedPolicy next = stated.get(policies++);
            parts.finality().stated(next.index(), copy.entry(next.index()), next.policy());
        }
    }

    private void cosignAsked() {
        Asked request = asked;
        if (request == null) {
            return;
        }
        asked = null;
        HeldCheckpoint next = new HeldCheckpoint(request.head(), request.note());
        // A crash after this commit and before the answer: the aggregator asks again, is told the size, and asks from
        // there.
        try {
            commit(connection -> {
                store.cosigned(connection, next, parts.clock().instant());
                return true;
            });
        } catch (IllegalStateException e) {
            // Whoever asked over HTTP has no stream whose end would tell.
            answer(request.reply(), request.head().size(), ByteString.EMPTY, Reason.DISK_FULL.code());
            throw e;
        }
        cosigned = Optional.of(next);
        trouble = Optional.empty();
        Cosignature line = line(request.head());
        answer(
                request.reply(),
                request.head().size(),
                ByteString.copyFromUtf8(line.line().line()),
                "");
    }

    private void refuseAsked(Reason reason) {
        Asked waiting = asked;
        asked = null;
        if (waiting != null) {
            answer(waiting.reply(), waiting.head().size(), ByteString.EMPTY, reason.code());
        }
    }

    private void answer(Consumer<CosignatureLines> reply, long size, ByteString lines, String reason) {
        reply.accept(CosignatureLines.newBuilder()
                .setSize(size)
                .setLines(lines)
                .setReason(reason)
                .setWitnessed(cosigned.map(last -> last.head().size()).orElse(0L))
                .build());
    }

    private void giveUp(String why) {
        Wire open = wire;
        wire = null;
        if (open != null) {
            open.giveUp(why);
        }
    }

    private void commit(GroupCommit.Work<Boolean> work) {
        try {
            parts.writer().submit(work).join();
        } catch (CompletionException e) {
            throw new IllegalStateException("the node's database cannot be written: " + e.getMessage(), e);
        }
    }

    private void run(Runnable task) {
        if (!thread.isShutdown()) {
            thread.execute(guarded(task));
        }
    }

    private Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("witnessing stumbled; it goes on with the next stream", e);
                trouble = Optional.of("this node could not go on: " + e.getMessage());
                giveUp("this node could not go on witnessing");
            }
        };
    }

    /** Finishes what is in hand. */
    @Override
    public void close() throws SQLException {
        MoreExecutors.shutdownAndAwaitTermination(thread, Duration.ofSeconds(10));
        if (mirror != null) {
            mirror.close();
        }
    }
}
