package dev.weft.aggregator.publish;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.ByteString;
import dev.weft.aggregator.db.CosignatureStore;
import dev.weft.aggregator.watch.Metrics;
import dev.weft.aggregator.watch.SecurityEvent;
import dev.weft.aggregator.watch.SecurityEvents;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Cosignature;
import dev.weft.proto.note.Note;
import dev.weft.proto.note.NoteSignature;
import dev.weft.proto.note.PolicySuccession;
import dev.weft.proto.note.WitnessPolicy;
import dev.weft.proto.standing.StatedPolicy;
import dev.weft.proto.v1.AddCheckpoint;
import dev.weft.proto.v1.CosignatureLines;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects cosignatures, beside intake and never in its way: takes the newest published head, asks every witness of the
 * policy for it, keeps what comes, and tells the head once a quorum has cosigned. Then the next. One request at a time per
 * witness; one that is slow or away is asked for the newest when it is back. Everything runs on one thread; what is public
 * is for any.
 */
public final class Cosigning implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Cosigning.class);
    /** A head that found no quorum for so long gives way to a newer one. */
    private static final Duration ROUND_AT_MOST = Duration.ofSeconds(2);

    private static final Duration MISSING_AFTER = Duration.ofSeconds(5);
    private static final long TICK_MILLIS = 500;

    /** The way to a witness. */
    @FunctionalInterface
    public interface Link {
        /**
         * Asks for a cosignature and returns at once; the answer goes to {@link Seat#answered}.
         *
         * @param head that the request is of
         */
        void ask(AddCheckpoint request, PublishedHead head);
    }

    /**
     * What it works with.
     *
     * @param policies what root has said on witnesses, as of the newest published entry
     * @param interval between two heads at least
     */
    public record Parts(
            Published published,
            CosignatureStore store,
            Supplier<List<StatedPolicy>> policies,
            Duration interval,
            InstantSource clock,
            Metrics metrics,
            SecurityEvents events) {}

    private final Parts parts;
    private final ScheduledThreadPoolExecutor thread;
    private final PolicySuccession succession = new PolicySuccession();
    private final Map<Long, ByteString> movers = new HashMap<>();
    private final List<Long> stated = new ArrayList<>();
    private final Map<String, Seat> seats = new HashMap<>();
    private final Map<String, CosignatureStore.Progress> progress;
    private final Map<String, Instant> missing = new HashMap<>();
    private final List<Consumer<FinalHead>> listeners = new CopyOnWriteArrayList<>();
    private final Instant started;
    private @Nullable Round round;
    private @Nullable Unkept unkept;
    private @Nullable Instant waitingSince;
    private boolean heardLate;
    private boolean waking;
    private volatile Optional<FinalHead> newest = Optional.empty();
    private volatile View view = new View(Optional.empty(), false, Optional.empty(), List.of());

    /** A round that is final and not on disk. */
    private record Unkept(Round round, OptionalLong moved) {}

    /**
     * How finality stands.
     *
     * @param policy index of the policy in force
     * @param stated whether there is one at all
     * @param quorumMissingSince since when a head waits that is not final
     */
    public record View(
            Optional<Long> policy,
            boolean stated,
            Optional<Instant> quorumMissingSince,
            List<WitnessStatus> witnesses) {}

    /** Takes up what is stored; {@link #start} makes it run. */
    public Cosigning(Parts parts) throws SQLException {
        this.parts = parts;
        this.started = parts.clock().instant();
        this.progress = new HashMap<>(parts.store().progress());
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, "weft-cosign");
            made.setDaemon(true);
            return made;
        });
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        List<CosignatureStore.Final> finals = parts.store().finals();
        policies();
        finals.forEach(this::resume);
        look();
    }

    private void resume(CosignatureStore.Final stored) {
        try {
            Note note = Note.parse(stored.note());
            Checkpoint checkpoint = Checkpoint.parse(note.text());
            stored.policy().ifPresent(index -> movers.put(index, stored.note()));
            if (succession.see(stored.size(), note.text(), note.signatures())) {
                newest = Optional.of(told(checkpoint, note));
            }
        } catch (VerificationException e) {
            log.warn(
                    "a stored checkpoint of size {} cannot be read and is left out: {}", stored.size(), e.getMessage());
        }
    }

    /** Begins to ask. */
    public void start() {
        parts.published().listen(head -> wake());
        var unused = thread.scheduleWithFixedDelay(guarded(this::advance), 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** The newest final checkpoint. */
    public Optional<FinalHead> newest() {
        return newest;
    }

    public View view() {
        return view;
    }

    /** Called on this thread for each final checkpoint; must return soon. */
    public void listen(Consumer<FinalHead> listener) {
        listeners.add(listener);
    }

    /** A witness that can be asked now; another one of that name before it is asked no more. */
    public Seat join(String name, String mode, long size, Link link) {
        Seat seat = new Seat(name, mode, size, link);
        run(() -> {
            seats.put(name, seat);
            seat.askIfIdle();
            look();
        });
        return seat;
    }

    /** A witness and how far it is. */
    public final class Seat {
        private final String name;
        private final String mode;
        private final Link link;
        private long size;
        private @Nullable Round asked;
        private Optional<String> trouble = Optional.empty();

        private Seat(String name, String mode, long size, Link link) {
            this.name = name;
            this.mode = mode;
            this.size = size;
            this.link = link;
        }

        /** What came back. */
        public void answered(CosignatureLines answer) {
            run(() -> {
                take(answer);
                advance();
            });
        }

        /** It can be asked no more. */
        public void left() {
            run(() -> {
                seats.remove(name, this);
                look();
            });
        }

        private void askIfIdle() {
            Round now = round;
            if (now == null || asked != null || now.has(name) || seats.get(name) != this || !isSeated()) {
                return;
            }
            if (size > now.size()) {
                ahead(now);
                return;
            }
            AddCheckpoint request = AddCheckpoint.newBuilder()
                    .setOldSize(size)
                    .setNote(now.head().note())
                    .addAllConsistency(
                            now.head().log().consistency(size, now.size()).toProto())
                    .build();
            // Only now: where the proof could not be read, the next tick tries again.
            asked = now;
            link.ask(request, now.head());
        }

        private void ahead(Round now) {
            if (size > parts.published().current().size()) {
                trouble = Optional.of("it cosigned size " + size + ", this log has "
                        + parts.published().current().size());
                parts.events()
                        .raise(new SecurityEvent.WitnessAhead(
                                name, size, parts.published().current().size()));
            } else {
                trouble = Optional.of("it cosigned size " + size + " already, ahead of " + now.size());
            }
        }

        private boolean isSeated() {
            return succession.seats().stream()
                    .anyMatch(seat -> seat.verifier().name().equals(name));
        }

        private void take(CosignatureLines answer) {
            Round of = asked;
            if (of == null || answer.getSize() != of.size()) {
                return; // nothing that was asked for
            }
            asked = null;
            if (answer.getLines().isEmpty()) {
                trouble = Optional.of(
                        Reason.ofCode(answer.getReason()).map(Reason::code).orElse("it did not cosign"));
                boolean moved = answer.getWitnessed() != size;
                size = answer.getWitnessed();
                if (moved) {
                    askIfIdle();
                }
                return;
            }
            try {
                of.add(verified(of, answer.getLines()));
                size = of.size();
                trouble = Optional.empty();
                missing.remove(name);
                progress.put(
                        name, new CosignatureStore.Progress(size, parts.clock().instant()));
                note(name, progress.get(name));
                if (of == round) {
                    judge(of);
                }
                askIfIdle();
            } catch (VerificationException e) {
                trouble = Optional.of(e.reason().code());
                parts.events().raise(new SecurityEvent.CosignatureRefused(name, e.reason(), e.getMessage()));
            }
        }

        /** The line among those sent that is this witness's and holds. */
        private NoteSignature verified(Round of, ByteString lines) throws VerificationException {
            String text = of.head().checkpoint().text();
            for (Cosignature cosignature : Cosignature.parse(lines)) {
                for (WitnessPolicy.Seat seat : succession.seats()) {
                    if (seat.verifier().name().equals(name) && seat.verifier().claims(cosignature.line())) {
                        cosignature.verify(text, seat.verifier());
                        return cosignature.line();
                    }
                }
            }
            throw new VerificationException(
                    Reason.UNKNOWN_KEY, "The witness " + name + " did not sign with the key that the policy names.");
        }
    }

    private void wake() {
        synchronized (this) {
            if (waking) {
                return;
            }
            waking = true;
        }
        run(() -> {
            synchronized (this) {
                waking = false;
            }
            advance();
        });
    }

    /** For people alone: the cosignature counts whether or not this could be noted. */
    private void note(String name, CosignatureStore.Progress came) {
        try {
            parts.store().progress(name, came);
        } catch (SQLException e) {
            storeFailed(e);
        }
    }

    /** Begins the next round where it is time for it. */
    private void advance() {
        policies();
        if (keepJudged()) {
            judgeAgain();
        }
        if (keepJudged() && !succession.seats().isEmpty()) {
            PublishedHead head = parts.published().current();
            Round now = round;
            long before = now != null ? now.size() : newest.map(FinalHead::size).orElse(0L);
            boolean isOver = now == null || now.isFinal() || now.age().compareTo(ROUND_AT_MOST) > 0;
            if (head.size() > before && isOver) {
                begin(head);
            } else if (now != null) {
                List.copyOf(seats.values()).forEach(Seat::askIfIdle);
            }
        }
        look();
    }

    private void begin(PublishedHead head) {
        Round before = round;
        if (before != null) {
            Duration early = parts.interval().minus(before.age());
            if (!early.isNegative() && !early.isZero()) {
                var unused = thread.schedule(guarded(this::advance), early.toMillis() + 1, TimeUnit.MILLISECONDS);
                return;
            }
            close(before);
        }
        Round next = new Round(head, parts.clock().instant());
        round = next;
        if (waitingSince == null) {
            waitingSince = next.begun();
        }
        List.copyOf(seats.values()).forEach(Seat::askIfIdle);
    }

    /** Late cosignatures are kept too; who gave none is missing. */
    private void close(Round over) {
        succession.seats().forEach(seat -> {
            if (!over.has(seat.verifier().name())) {
                missing.putIfAbsent(seat.verifier().name(), over.begun());
            }
        });
        if (over.hasMore()) {
            keep(over, OptionalLong.empty());
        }
    }

    private void judge(Round now) {
        if (now.isFinal()) {
            return;
        }
        Optional<PolicySuccession.InForce> before = succession.inForce();
        boolean isFinal = succession.see(now.size(), now.head().checkpoint().text(), now.lines());
        Optional<PolicySuccession.InForce> after = succession.inForce();
        OptionalLong moved = after.equals(before)
                ? OptionalLong.empty()
                : OptionalLong.of(after.orElseThrow().stated().index());
        if (!isFinal && moved.isEmpty()) {
            return;
        }
        now.told();
        unkept = new Unkept(now, moved);
        boolean unused = keepJudged();
    }

    /**
     * False while what is final cannot be kept. No round is begun then: the note that brings a policy into force may be the
     * only one that ever carries the old quorum and the new one.
     */
    private boolean keepJudged() {
        Unkept judged = unkept;
        if (judged == null) {
            return true;
        }
        if (!keep(judged.round(), judged.moved())) {
            return false;
        }
        unkept = null;
        waitingSince = null;
        parts.metrics().finality(judged.round().size());
        return true;
    }

    private boolean keep(Round done, OptionalLong moved) {
        try {
            Note note = Note.parse(done.head().note()).with(done.lines());
            parts.store()
                    .keep(new CosignatureStore.Final(
                            done.size(), note.encode(), parts.clock().instant(), moved));
            moved.ifPresent(index -> movers.put(index, note.encode()));
            FinalHead head = told(done.head().checkpoint(), note);
            newest = Optional.of(head);
            look(); // whoever is told of the head finds the policy behind it
            listeners.forEach(listener -> listener.accept(head));
            return true;
        } catch (VerificationException e) {
            throw new IllegalStateException("the log's own note cannot be read", e);
        } catch (SQLException e) {
            storeFailed(e);
            return false;
        }
    }

    private FinalHead told(Checkpoint checkpoint, Note note) {
        List<NoteSignature> logs = note.signatures().stream()
                .filter(line -> line.name().equals(checkpoint.origin()))
                .toList();
        Note served = new Note(note.text(), logs).with(succession.quorum(note.text(), note.signatures()));
        List<FinalHead.Policy> policies = stated.stream()
                .filter(index -> index < checkpoint.head().size())
                .map(index -> new FinalHead.Policy(index, Optional.ofNullable(movers.get(index))))
                .toList();
        return new FinalHead(checkpoint, note.encode(), served.encode(), policies);
    }

    /** Nothing is called final that is not kept; {@link #advance} tries it again. */
    private void storeFailed(SQLException problem) {
        log.warn("cosignatures cannot be kept, nothing more is called final until they can: {}", problem.toString());
        try {
            parts.store().rollback();
        } catch (SQLException e) {
            log.warn("nor taken back: {}", e.toString());
        }
    }

    private void policies() {
        for (StatedPolicy policy : parts.policies().get()) {
            if (!stated.contains(policy.index())) {
                stated.add(policy.index());
                succession.state(policy.index(), policy.policy());
                Round now = round;
                heardLate |= now != null && policy.index() < now.size();
            }
        }
    }

    /** A policy is heard of a moment after the head that covers it, whose round may be over by then. */
    private void judgeAgain() {
        Round now = round;
        if (now != null && heardLate) {
            heardLate = false;
            now.reopen();
            judge(now);
        }
    }

    /** Puts what a person wants to know where any thread finds it. */
    private void look() {
        List<WitnessStatus> statuses = new ArrayList<>();
        Set<String> named = new HashSet<>();
        Instant now = parts.clock().instant();
        for (WitnessPolicy.Seat place : succession.seats()) {
            String name = place.verifier().name();
            if (named.add(name)) {
                statuses.add(status(name, place.organisation(), now));
            }
        }
        Optional<Instant> since = Optional.ofNullable(waitingSince).filter(at -> isOld(at, now));
        view = new View(
                succession.inForce().map(inForce -> inForce.stated().index()),
                !stated.isEmpty(),
                since,
                List.copyOf(statuses));
    }

    private WitnessStatus status(String name, String organisation, Instant now) {
        Seat seat = seats.get(name);
        Optional<CosignatureStore.Progress> last = Optional.ofNullable(progress.get(name));
        Round open = round;
        Optional<Instant> awaited = Optional.ofNullable(missing.get(name))
                .or(() -> Optional.ofNullable(open)
                        .filter(current -> !current.has(name))
                        .map(Round::begun))
                .or(() -> seat == null && open == null ? Optional.of(started) : Optional.empty())
                .filter(at -> isOld(at, now));
        return new WitnessStatus(
                name,
                organisation,
                seat == null ? "" : seat.mode,
                last.map(CosignatureStore.Progress::size).orElse(0L),
                last.map(CosignatureStore.Progress::at),
                awaited,
                seat == null ? Optional.empty() : seat.trouble);
    }

    private static boolean isOld(Instant at, Instant now) {
        return Duration.between(at, now).compareTo(MISSING_AFTER) > 0;
    }

    private void run(Runnable task) {
        if (!thread.isShutdown()) {
            thread.execute(guarded(task));
        }
    }

    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                log.error("collecting cosignatures stumbled; it goes on", e);
            }
        };
    }

    /** Finishes what is in hand. */
    @Override
    public void close() throws SQLException {
        MoreExecutors.shutdownAndAwaitTermination(thread, Duration.ofSeconds(10));
        parts.store().close();
    }
}
