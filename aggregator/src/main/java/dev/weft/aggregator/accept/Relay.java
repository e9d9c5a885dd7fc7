package dev.weft.aggregator.accept;

import com.google.common.util.concurrent.MoreExecutors;
import dev.weft.aggregator.db.RelayStore;
import dev.weft.aggregator.watch.Metrics;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.standing.Member;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.Sealed;
import dev.weft.proto.v1.SealedAnswer;
import dev.weft.proto.v1.SealedMessage;
import dev.weft.proto.v1.SealedState;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes sealed messages on from member to member, one at a time to each stream, and keeps them no longer than it must. It
 * looks at nothing but whom they are from and for. All of it runs on one thread, so that no stream waits for the disk.
 */
public final class Relay implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Relay.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(30);

    /**
     * How much, and how long.
     *
     * @param keep how long a message waits for its reader, and as long again its sender is told what became of it
     * @param bytes of all messages that wait
     * @param ofSender messages of one sender that wait or are remembered
     * @param forRecipient messages that wait for one member
     */
    public record Limits(Duration keep, long bytes, int ofSender, int forRecipient) {}

    /** What it works with. */
    public record Parts(
            RelayStore store, Supplier<Standing> standing, Limits limits, InstantSource clock, Metrics metrics) {}

    private final Parts parts;
    private final Map<String, List<Seat>> seats = new HashMap<>();
    private Instant lookAgain = Instant.MIN;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "weft-relay");
        made.setDaemon(true);
        return made;
    });

    public Relay(Parts parts) {
        this.parts = parts;
    }

    /** One member's stream. */
    final class Seat {
        private final String member;
        private final Consumer<SealedMessage> out;
        private @Nullable Digest onItsWay;

        private Seat(String member, Consumer<SealedMessage> out) {
            this.member = member;
            this.out = out;
        }

        /** Keeps a message, or says why not; the answer comes on the relay's thread. */
        void deposit(SealedMessage message, Consumer<SealedAnswer> answer) {
            run(() -> answer.accept(keep(message.toBuilder().setFrom(member).build())));
        }

        /** The member has a message, or wants none of it. */
        void taken(Digest id, Runnable done) {
            run(() -> {
                take(id);
                done.run();
            });
        }

        void leave() {
            run(() -> seats.computeIfPresent(member, (name, all) -> {
                all.remove(this);
                return all.isEmpty() ? null : all;
            }));
        }

        private void take(Digest id) {
            try {
                parts.store().taken(member, id, parts.clock().instant());
                if (onItsWay != null && onItsWay.equals(id)) {
                    onItsWay = null;
                    next();
                }
            } catch (SQLException e) {
                failed(e); // it is sent again on the member's next stream
            }
        }

        private void next() throws SQLException {
            Optional<SealedMessage> first = onItsWay == null ? parts.store().first(member) : Optional.empty();
            if (first.isPresent()) {
                onItsWay = Sealed.id(first.get());
                out.accept(first.get());
            }
        }
    }

    /** Takes in a member's stream, and sends it what waits where it reads sealed messages. */
    Seat join(MemberName peer, boolean reads, Consumer<SealedMessage> out) {
        Seat seat = new Seat(peer.value(), out);
        if (reads) {
            run(() -> {
                seats.computeIfAbsent(seat.member, name -> new ArrayList<>()).add(seat);
                offer(seat.member);
            });
        }
        return seat;
    }

    private SealedAnswer keep(SealedMessage message) {
        SealedAnswer.Builder answer =
                SealedAnswer.newBuilder().setId(Sealed.id(message).toByteString());
        try {
            Digest id = Sealed.check(message);
            Optional<SealedState> before = parts.store().state(message.getFrom(), message.getTo(), id);
            if (before.isPresent()) {
                return answer.setState(before.get()).build();
            }
            requireReader(message.getTo());
            requireRoom(message);
            parts.store().keep(message, id, parts.clock().instant());
            offer(message.getTo());
            return answer.setState(SealedState.KEPT).build();
        } catch (VerificationException e) {
            parts.metrics().refused(e.reason());
            return turnedAway(answer, e);
        } catch (SQLException e) {
            failed(e);
            return turnedAway(answer, StorageFault.refusal());
        } catch (RuntimeException e) {
            log.error("a sealed message of {} could not be judged", message.getFrom(), e);
            return turnedAway(
                    answer,
                    new VerificationException(Reason.INTERNAL, "The aggregator failed on this; tell its operator."));
        }
    }

    private void requireReader(String name) throws VerificationException {
        Optional<Member> member = parts.standing().get().member(new MemberName(name));
        if (member.isEmpty() || member.get().revokedAt().isPresent()) {
            throw new VerificationException(
                    member.isEmpty() ? Reason.NOT_MEMBER : Reason.REVOKED,
                    "'" + name + "' is no member of this federation" + (member.isEmpty() ? "." : " any more."));
        }
    }

    private void requireRoom(SealedMessage message) throws SQLException, VerificationException {
        RelayStore.Extent extent = parts.store().extent(message.getFrom(), message.getTo());
        boolean full =
                extent.bytes() + message.getSealed().size() > parts.limits().bytes();
        if (extent.ofSender() >= parts.limits().ofSender()
                || extent.forRecipient() >= parts.limits().forRecipient()) {
            throw new VerificationException(
                    Reason.LIMIT_EXCEEDED, "Too many sealed messages of one member, or for one, are kept already.");
        }
        if (full) {
            throw new VerificationException(Reason.BUSY, "The room for sealed messages is full; come back later.");
        }
    }

    private static SealedAnswer turnedAway(SealedAnswer.Builder answer, VerificationException why) {
        return answer.setState(SealedState.TURNED_AWAY)
                .setReason(why.reason().code())
                .setMessage(why.getMessage())
                .setRetry(why.reason() == Reason.BUSY
                        || why.reason() == Reason.DISK_FULL
                        || why.reason() == Reason.LIMIT_EXCEEDED)
                .build();
    }

    private void offer(String member) {
        try {
            for (Seat seat : List.copyOf(seats.getOrDefault(member, List.of()))) {
                seat.next();
            }
        } catch (SQLException e) {
            failed(e);
        }
    }

    /** Now and then: ends what waited too long. */
    public void look() {
        run(() -> {
            Instant now = parts.clock().instant();
            if (now.isBefore(lookAgain)) {
                return;
            }
            lookAgain = now.plus(BETWEEN_LOOKS);
            Duration keep = parts.limits().keep();
            try {
                parts.store().expire(now.minus(keep), now.minus(keep), now);
            } catch (SQLException e) {
                failed(e);
            }
        });
    }

    private void failed(SQLException e) {
        log.warn("sealed messages cannot be kept or read: {}", e.toString());
        try {
            parts.store().rollback();
        } catch (SQLException again) {
            log.warn("nor be rolled back: {}", again.toString());
        }
    }

    private void run(Runnable task) {
        if (!thread.isShutdown()) {
            thread.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    log.error("the relay stumbled and goes on", e);
                }
            });
        }
    }

    /** Answers what it was handed, then lets go of the file. */
    @Override
    public void close() throws SQLException {
        if (!MoreExecutors.shutdownAndAwaitTermination(thread, Duration.ofSeconds(10))) {
            log.warn("the relay did not come to its end");
        }
        parts.store().close();
    }
}
