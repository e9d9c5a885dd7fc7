package dev.weft.node.deliver;

import com.google.common.util.concurrent.MoreExecutors;
import dev.weft.node.deliver.SealedStore.Fate;
import dev.weft.node.deliver.SealedStore.Way;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.log.GroupCommit;
import dev.weft.proto.statement.Sealed;
import dev.weft.proto.v1.SealedAnswer;
import dev.weft.proto.v1.SealedKind;
import dev.weft.proto.v1.SealedMessage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends sealed messages that others queued, and keeps those that come until whoever their kind is for has settled them.
 * It opens none. Both ways are tables, so both survive restarts; the aggregator may lose everything and forget nothing
 * for good, since a message is sent again until its end is known. One thread does all of it.
 */
public final class SealedPost implements SealedTraffic, AutoCloseable {
    /** Who reads one kind of message. */
    public interface Reader {
        /**
         * Runs on the post's thread; true where the message, which came at that time, is done with, false where it has to
         * wait for something.
         */
        boolean settled(SealedMessage message, Instant came);
    }

    private static final Logger LOG = LoggerFactory.getLogger(SealedPost.class);
    /** Messages of one sender that came and wait: what nobody here asked for is settled at once, so they are few. */
    private static final int ROOM = 64;

    private static final Duration RETRY = Duration.ofMinutes(1);
    private static final Duration TICK = Duration.ofSeconds(5);

    private final MemberName self;
    private final GroupCommit writer;
    private final DataSource readers;
    private final InstantSource clock;
    private final Map<SealedKind, Reader> byKind = new ConcurrentHashMap<>(new EnumMap<>(SealedKind.class));
    private final ScheduledExecutorService thread;
    private @Nullable Wire wire;
    private @Nullable SealedMessage onItsWay;

    /** Does nothing before a stream is there. */
    public SealedPost(MemberName self, GroupCommit writer, DataSource readers, InstantSource clock) {
        this.self = self;
        this.writer = writer;
        this.readers = readers;
        this.clock = clock;
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "weft-sealed");
            made.setDaemon(true);
            return made;
        });
        var unused = thread.scheduleWithFixedDelay(
                guarded(this::pump), TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Who reads messages of a kind; without anybody they are dropped. */
    public void read(SealedKind kind, Reader reader) {
        byKind.put(kind, reader);
    }

    /** Something was queued and is committed, or what kept messages waiting may be there now. From any thread. */
    public void wake() {
        run(() -> {
            settle();
            pump();
        });
    }

    @Override
    public boolean reads() {
        return true;
    }

    @Override
    public void connected(Wire newWire) {
        run(() -> {
            wire = newWire;
            onItsWay = null;
            write(SealedStore::askAgain);
            pump();
        });
    }

    @Override
    public void disconnected() {
        run(() -> {
            wire = null;
            onItsWay = null;
        });
    }

    @Override
    public void arrived(SealedMessage message) {
        run(() -> {
            Wire open = wire;
            if (open != null && keep(message)) {
                open.taken(Sealed.id(message));
                settle();
            }
        });
    }

    /** On disk when it returns true; false where it has to stay with the aggregator. */
    private boolean keep(SealedMessage message) {
        try {
            Digest unused = Sealed.check(message);
            if (!message.getTo().equals(self.value()) || !byKind.containsKey(message.getKind())) {
                return true; // nothing that anybody here reads
            }
        } catch (VerificationException e) {
            LOG.warn("a sealed message is dropped: {}", e.getMessage());
            return true;
        }
        // A crash before this commit: the aggregator still has it and sends it again.
        boolean kept = tryTo(connection -> SealedStore.keep(connection, message, ROOM, clock.instant()));
        if (!kept) {
            LOG.warn(
                    "{} sealed messages of {} wait here already; the next ones wait at the aggregator",
                    ROOM,
                    message.getFrom());
        }
        return kept;
    }

    /** Hands out what waits; what is settled goes. */
    private void settle() {
        for (SealedStore.Kept kept : read(connection -> SealedStore.kept(connection, self.value()))) {
            SealedMessage message = kept.message();
            Reader reader = byKind.get(message.getKind());
            if (reader == null || reader.settled(message, kept.at())) {
                // A crash before this commit: its reader is handed it once more, and knows it.
                write(connection -> SealedStore.settled(connection, message));
            }
        }
    }

    @Override
    public void answered(SealedAnswer answer) {
        run(() -> {
            SealedMessage sent = onItsWay;
            if (sent == null || !Sealed.id(sent).toByteString().equals(answer.getId())) {
                return; // of a stream before
            }
            onItsWay = null;
            Instant now = clock.instant();
            Fate fate = new Fate(
                    way(answer),
                    now,
                    answer.getReason().isEmpty() ? Optional.empty() : Optional.of(answer.getReason()));
            // A crash before this commit: it is sent again, and answered alike.
            write(connection -> SealedStore.stands(connection, sent, fate, RETRY));
            pump();
        });
    }

    private static Way way(SealedAnswer answer) {
        return switch (answer.getState()) {
            case KEPT -> Way.WAITING;
            case TAKEN -> Way.TAKEN;
            case EXPIRED -> Way.EXPIRED;
            case TURNED_AWAY, SEALED_STATE_UNSPECIFIED, UNRECOGNIZED -> answer.getRetry() ? Way.HERE : Way.TURNED_AWAY;
        };
    }

    private void pump() {
        Wire open = wire;
        if (open != null && onItsWay == null) {
            Optional<SealedMessage> due = read(connection -> SealedStore.due(connection, clock.instant()));
            if (due.isPresent()) {
                onItsWay = due.get();
                open.send(due.get());
            }
        }
    }

    private interface Read<T> {
        T from(Connection connection) throws SQLException;
    }

    private interface Write {
        void on(Connection connection) throws SQLException;
    }

    private <T> T read(Read<T> read) {
        try (Connection connection = readers.getConnection()) {
            return read.from(connection);
        } catch (SQLException e) {
            throw new IllegalStateException("sealed messages cannot be read: " + e.getMessage(), e);
        }
    }

    private void write(Write write) {
        boolean unused = tryTo(connection -> {
            write.on(connection);
            return true;
        });
    }

    private boolean tryTo(Read<Boolean> work) {
        return writer.submit(work::from).join();
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
                LOG.error("sealed messages wait: the node could not go on with one", e);
            }
        };
    }

    @Override
    public void close() {
        MoreExecutors.shutdownAndAwaitTermination(thread, Duration.ofSeconds(10));
    }
}
