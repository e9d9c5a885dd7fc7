package dev.weft.node.witness;

import com.google.protobuf.ByteString;
import dev.weft.node.deliver.SharedHead;
import dev.weft.node.telemetry.SecurityEvent;
import dev.weft.node.telemetry.SecurityEvents;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.log.GroupCommit;
import dev.weft.proto.merkle.ConsistencyProof;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.v1.CheckpointUpdate;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import javax.sql.DataSource;

/**
 * The largest checkpoint of the shared log that this node verified. Every further one must carry a valid signature of
 * the log and a proof (RFC 6962 2.1.2) that it extends the one held. Safe for many threads.
 */
public final class SharedLog implements SharedHead {
    private final String origin;
    private final List<NoteVerifier> logKeys;
    private final GroupCommit writer;
    private final DataSource reads;
    private final SecurityEvents events;
    private final InstantSource clock;
    private final CheckpointStore store = new CheckpointStore();
    /** Heads of answers beyond the one held, by size. */
    private final NavigableMap<Long, HeldCheckpoint> told = new TreeMap<>();

    private volatile TreeHead held;
    private volatile boolean forked;
    private volatile Runnable forkListener = () -> {};

    /**
     * Reads what is held.
     *
     * @param origin of the shared log, as genesis names it
     * @param logKeys as genesis names them; one valid signature among them counts
     * @throws SQLException if the tables cannot be read
     */
    public SharedLog(
            String origin,
            List<NoteVerifier> logKeys,
            GroupCommit writer,
            DataSource reads,
            SecurityEvents events,
            InstantSource clock)
            throws SQLException {
        this.origin = origin;
        this.logKeys = List.copyOf(logKeys);
        this.writer = writer;
        this.reads = reads;
        this.events = events;
        this.clock = clock;
        try (Connection connection = reads.getConnection()) {
            this.held = seen(connection);
            this.forked = store.forked(connection);
        }
    }

    /** The largest verified checkpoint as of the caller's transaction: what a statement's {@code seen} says. */
    public TreeHead seen(Connection connection) throws SQLException {
        return store.largest(connection).map(HeldCheckpoint::head).orElse(TreeHead.EMPTY);
    }

    /** The signed note behind a size that was verified once and is still kept. */
    public Optional<ByteString> note(Connection connection, long size) throws SQLException {
        return store.atSize(connection, size).map(HeldCheckpoint::note);
    }

    /** Starts from the checkpoint that joining verified, where nothing is held yet. */
    public synchronized void begin(ByteString note) throws VerificationException {
        if (held.isEmpty()) {
            keep(new HeldCheckpoint(open(note), note));
        }
    }

    /** Origin of the shared log. */
    public String origin() {
        return origin;
    }

    @Override
    public TreeHead held() {
        return held;
    }

    @Override
    public boolean forked() {
        return forked;
    }

    @Override
    public synchronized TreeHead accept(CheckpointUpdate update) throws VerificationException {
        return believing(update.getNote(), next -> {
            if (next.size() < held.size()) {
                throw new VerificationException(
                        Reason.BAD_CONSISTENCY_PROOF,
                        "The checkpoint of size " + next.size() + " is older than the one held, of size " + held.size()
                                + "; ask the aggregator's operator whether its log went back.");
            }
            ConsistencyProof proof =
                    ConsistencyProof.parse(update.getOldSize(), next.size(), update.getConsistencyList());
            extend(holding(held), next, update.getNote(), proof);
            keep(new HeldCheckpoint(next, update.getNote()));
        });
    }

    /** A path that leads to the signed new root from another old root than the one held proves by itself that the log forked. */
    private void extend(HeldCheckpoint from, TreeHead next, ByteString note, ConsistencyProof proof)
            throws VerificationException {
        try {
            proof.verify(from.head(), next);
        } catch (VerificationException e) {
            boolean signed =
                    !from.note().isEmpty() && proof.oldSize() == from.head().size();
            Optional<Digest> other = signed ? proof.olderRoot(next) : Optional.empty();
            if (other.isPresent() && !other.get().equals(from.head().root())) {
                throw fork(
                        from, next, new LogFork(from.note(), note, other.get().toByteString(), proof.toProto()));
            }
            throw e;
        }
    }

    /** The held checkpoint with its note; a head whose note is gone proves nothing any more. */
    private HeldCheckpoint holding(TreeHead head) {
        return known(head.size()).orElse(new HeldCheckpoint(head, ByteString.EMPTY));
    }

    /**
     * Judges a checkpoint that this node is asked to cosign: signed by the log, not another one of a size that is known, and
     * proved to extend the one cosigned before. It does not become the head held.
     *
     * @param last cosigned before
     */
    synchronized TreeHead offered(ByteString note, Optional<HeldCheckpoint> last, List<ByteString> path)
            throws VerificationException {
        TreeHead head = believing(note, next -> {});
        HeldCheckpoint from = last.orElse(new HeldCheckpoint(TreeHead.EMPTY, ByteString.EMPTY));
        if (from.head().size() == head.size() && !from.head().equals(head)) {
            throw fork(from, head, LogFork.ofOneSize(from.note(), note));
        }
        extend(from, head, note, ConsistencyProof.parse(from.head().size(), head.size(), path));
        return head;
    }

    /**
     * Takes a note that another member was shown, and that this node's own copy contradicts, as the fork that it is.
     *
     * @param own the larger one, which this node's copy gives
     * @param others the smaller one
     * @param there root that the own copy has at the smaller one's size
     */
    synchronized VerificationException contradicted(
            HeldCheckpoint own, HeldCheckpoint others, Digest there, ConsistencyProof path) {
        return fork(own, others.head(), new LogFork(own.note(), others.note(), there.toByteString(), path.toProto()));
    }

    /** Opens a note that came another way: signed by the log, and of it. */
    TreeHead opened(ByteString note) throws VerificationException {
        return open(note);
    }

    /** The verified head of that size, where it is still kept. */
    public Optional<TreeHead> headAt(long size) {
        return known(size).map(HeldCheckpoint::head);
    }

    /** The signed note of a verified head of that size, where it is still kept. */
    public Optional<ByteString> noteAt(long size) {
        return known(size).map(HeldCheckpoint::note);
    }

    /** The contradictions found so far. */
    List<LogFork> forks() {
        try (Connection connection = reads.getConnection()) {
            return store.forks(connection);
        } catch (SQLException e) {
            throw new IllegalStateException("the node's database cannot be read: " + e.getMessage(), e);
        }
    }

    /** Told of every contradiction, once it is kept. */
    public void onFork(Runnable listener) {
        forkListener = listener;
    }

    /**
     * Verifies the checkpoint of an answer. It does not become the head held, because the stream's own proofs go on from
     * there; but it is remembered, and a later checkpoint that contradicts it is a fork.
     *
     * @param from the head held when the question was asked
     */
    public synchronized TreeHead check(ByteString note, TreeHead from, List<ByteString> consistency)
            throws VerificationException {
        return believing(note, next -> {
            extend(holding(from), next, note, ConsistencyProof.parse(from.size(), next.size(), consistency));
            if (next.size() > held.size()) {
                told.put(next.size(), new HeldCheckpoint(next, note));
            }
        });
    }

    /** What has to hold for a head whose size is new here. */
    private interface Extension {
        void verify(TreeHead next) throws VerificationException;
    }

    private TreeHead believing(ByteString note, Extension extension) throws VerificationException {
        try {
            if (forked) {
                throw new VerificationException(
                        Reason.FORK,
                        "The shared log contradicted itself; nothing of it is believed any more. Call the other members.");
            }
            TreeHead next = open(note);
            Optional<HeldCheckpoint> other = known(next.size());
            if (other.isPresent() && !other.get().head().equals(next)) {
                throw fork(other.get(), next, LogFork.ofOneSize(other.get().note(), note));
            }
            if (other.isEmpty() || next.size() > held.size()) {
                extension.verify(next);
            }
            return next;
        } catch (VerificationException e) {
            if (e.reason() != Reason.FORK) {
                events.raise(new SecurityEvent.CheckpointRefused(e.reason().code(), e.getMessage()));
            }
            throw e;
        }
    }

    private TreeHead open(ByteString note) throws VerificationException {
        Checkpoint checkpoint = Checkpoint.open(note, logKeys);
        if (!checkpoint.origin().equals(origin)) {
            throw new VerificationException(
                    Reason.UNKNOWN_LOG,
                    "The checkpoint is of log " + checkpoint.origin() + ", this federation's is " + origin
                            + "; check which aggregator answers at this address.");
        }
        return checkpoint.head();
    }

    private VerificationException fork(HeldCheckpoint other, TreeHead next, LogFork fork) {
        forked = true;
        // Both notes carry the log's signature: together they are the proof. A crash before this commit forgets it;
        // the next contradicting note finds the same.
        commit(connection -> {
            store.keepFork(connection, fork, clock.instant());
            return true;
        });
        events.raise(new SecurityEvent.LogForked(other.head(), next));
        forkListener.run();
        return new VerificationException(
                Reason.FORK,
                "The log signed two histories, of sizes " + other.head().size() + " and " + next.size()
                        + "; both notes are kept. Call the other members.");
    }

    private void keep(HeldCheckpoint next) {
        // A crash before this commit: the same checkpoint, or a later one, comes again on the next stream.
        commit(connection -> {
            store.keep(connection, next);
            store.trim(connection);
            return true;
        });
        held = next.head();
        told.headMap(held.size(), true).clear();
    }

    private Optional<HeldCheckpoint> known(long size) {
        HeldCheckpoint answered = told.get(size);
        if (answered != null) {
            return Optional.of(answered);
        }
        try (Connection connection = reads.getConnection()) {
            return store.atSize(connection, size);
        } catch (SQLException e) {
            throw new IllegalStateException("the node's database cannot be read: " + e.getMessage(), e);
        }
    }

    private void commit(GroupCommit.Work<Boolean> work) {
        try {
            writer.submit(work).join();
        } catch (CompletionException e) {
            throw new IllegalStateException("the node's database cannot be written: " + e.getMessage(), e);
        }
    }
}
