package dev.weft.node.witness;

import com.google.protobuf.ByteString;
import dev.weft.node.db.MirrorDatabase;
import dev.weft.node.telemetry.SecurityEvent;
import dev.weft.node.telemetry.SecurityEvents;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.bundle.ShownLog;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.log.JdbcLogStore;
import dev.weft.proto.log.LogView;
import dev.weft.proto.log.Rollback;
import dev.weft.proto.log.TlogFiles;
import dev.weft.proto.log.TransparencyLog;
import dev.weft.proto.merkle.ConsistencyProof;
import dev.weft.proto.merkle.Frontier;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.standing.Continuations;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Header;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * This node's copy of the shared log: every entry checked as it came, full tiles and a right edge in memory, nothing else.
 * What lies above the last signed root that it gave is taken back where the next one does not fit. For one thread; {@link
 * #verified} and {@link #view} for any.
 */
final class Mirror implements AutoCloseable {
    private static final int COUNTED_AT_ONCE = 1_000;

    /** Entries that did not give a signed root, and were dropped. */
    static final class MismatchException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String what;

        MismatchException(String what) {
            super(what);
            this.what = what;
        }

        String what() {
            return what;
        }
    }

    private final MirrorDatabase database;
    private final Connection connection;
    private final MirrorStore store;
    private final EntryCheck check;
    private final SecurityEvents events;
    private JdbcLogStore logStore;
    private TransparencyLog log;
    private final ForkFolder forks;
    private final Turns turns;
    private TreeHead seenLast = TreeHead.EMPTY;
    private volatile TreeHead verified;
    private volatile LogView view;

    private Mirror(MirrorDatabase database, EntryCheck check, SecurityEvents events, ForkFolder forks)
            throws SQLException, VerificationException {
        this.forks = forks;
        this.database = database;
        this.connection = database.writer();
        this.store = new MirrorStore(connection);
        this.check = check;
        this.events = events;
        this.logStore = new JdbcLogStore(connection, 0);
        this.log = TransparencyLog.open(logStore);
        this.verified = store.verified();
        this.view = log.view();
        fold();
        this.turns = Turns.load(store);
        recount();
        connection.commit(); // ends the reading transaction
    }

    /** What came before the last stop and was not verified then; all, where an older version made the copy. */
    private void recount() throws SQLException, VerificationException {
        for (long index = Math.max(1, store.turnsVerified()); index < size(); ) {
            for (ByteString entry : logStore.entries(index, (int) Math.min(COUNTED_AT_ONCE, size() - index))) {
                came(index++, check.opened(entry));
            }
        }
    }

    private void came(long index, OpenedEnvelope opened) throws VerificationException {
        boolean ofAMember = index > 0 && !opened.statement().author().isReserved();
        if (ofAMember) {
            turns.came(Said.of(index, opened));
        }
    }

    /**
     * Opens the copy; one that contradicts itself, or a checkpoint that this node verified, or that holds what a continued
     * log does not, is emptied and made anew.
     *
     * @param held the largest checkpoint that was verified
     */
    static Mirror open(
            MirrorDatabase database, EntryCheck check, SecurityEvents events, ForkFolder forks, TreeHead held)
            throws SQLException {
        try {
            Mirror mirror = new Mirror(database, check, events, forks);
            if (mirror.agrees(held) && mirror.agrees(mirror.verified) && mirror.followsContinuations()) {
                return mirror;
            }
        } catch (VerificationException e) {
            // Its own tables contradict each other: what a broken disk leaves.
            database.writer().rollback();
        }
        MirrorStore store = new MirrorStore(database.writer());
        store.truncate(TreeHead.EMPTY);
        store.verified(TreeHead.EMPTY);
        store.forgetTurns();
        // A crash before this commit leaves the broken copy, which the next start empties.
        database.writer().commit();
        try {
            return new Mirror(database, check, events, forks);
        } catch (VerificationException e) {
            throw new IllegalStateException("an empty copy contradicts itself", e);
        }
    }

    private boolean agrees(TreeHead head) {
        return head.size() > size() || headAt(head.size()).equals(head);
    }

    private boolean followsContinuations() {
        return check.continuations().stream().allMatch(genesis -> {
            long index = Continuations.index(genesis);
            return index >= size() || entry(index).equals(genesis);
        });
    }

    private void fold() throws SQLException, VerificationException {
        check.restore(new EntryCheck.Saved(null, Optional.empty()));
        for (long index : store.standingEntries()) {
            check.fold(index, logStore.entry(index));
        }
        check.resumeAt(store.lastOwn());
    }

    /** Entries in the copy. */
    long size() {
        return log.head().size();
    }

    /** The largest signed head that the copy was found to give. */
    TreeHead verified() {
        return verified;
    }

    /** The verified part of the copy for readers on any thread. */
    TlogFiles files() {
        // Read first: the view, read after it, reaches at least as far unless the tail was dropped in between.
        TreeHead head = verified;
        return new TlogFiles(view, new PooledMirror(database.readers()), head.size());
    }

    /** Who may speak, as the copy says. */
    Optional<Standing> standing() {
        return check.standing();
    }

    ByteString entry(long index) {
        return logStore.entry(index);
    }

    TreeHead headAt(long size) {
        return Frontier.from(log.reader(), size).head();
    }

    /** Of the copy with itself; for the writer's thread. */
    ConsistencyProof consistency(long from, long to) {
        return log.consistency(from, to);
    }

    /**
     * Takes the next entries, all or none.
     *
     * @throws VerificationException where an entry breaks the log's rules; an event says which
     * @throws SQLException where they could not be kept
     */
    void take(List<ByteString> entries) throws VerificationException, SQLException {
        EntryCheck.Saved before = check.save();
        long index = log.head().size();
        try {
            List<EntryCheck.Checked> checked = new ArrayList<>();
            for (ByteString entry : entries) {
                EntryCheck.Checked one = check.take(index, entry);
                beside(index++, one);
                checked.add(one);
            }
            TreeHead unused = log.append(entries);
            requireContinued(index - entries.size(), checked);
            seen(index - entries.size(), checked);
            long first = index - entries.size();
            for (EntryCheck.Checked one : checked) {
                came(first++, one.opened());
            }
            // A crash before this commit leaves nothing of the batch; it is asked for again.
            connection.commit();
            view = log.view();
        } catch (VerificationException e) {
            takeBack(before);
            events.raise(new SecurityEvent.LogBroken(index, e.reason().code(), e.getMessage()));
            throw e;
        } catch (SQLException | RuntimeException e) {
            takeBack(before);
            throw e;
        }
    }

    /** What root says that a log goes on from is what the entries below come to. */
    private void requireContinued(long first, List<EntryCheck.Checked> entries) throws VerificationException {
        for (int i = 0; i < entries.size(); i++) {
            OpenedEnvelope opened = entries.get(i).opened();
            boolean continues = first + i > 0 && opened.statement().predicate().orElse(null) instanceof Genesis;
            if (continues && !Continuations.head(opened.bytes()).equals(headAt(first + i))) {
                throw new VerificationException(
                        Reason.LOG_CORRUPT, "It goes on from another head than the entries below it give.");
            }
        }
    }

    private void beside(long index, EntryCheck.Checked checked) throws SQLException {
        if (checked.changesStanding()) {
            store.standingEntry(index);
        }
        if (checked.own().isPresent()) {
            store.ownEntry(index, checked.own().get());
        }
    }

    private void takeBack(EntryCheck.Saved before) throws SQLException {
        rollBack();
        log.rolledBack();
        check.restore(before);
        turns.cut(size());
    }

    /** What authors say that they saw must be what this log was. */
    private void seen(long first, List<EntryCheck.Checked> entries) {
        for (int i = 0; i < entries.size(); i++) {
            Header header = entries.get(i).opened().statement().header();
            long size = header.getSeen().getSize();
            if (size > 0 && size <= log.head().size()) {
                if (size != seenLast.size()) {
                    seenLast = headAt(size);
                }
                if (!seenLast.root().toByteString().equals(header.getSeen().getRoot())) {
                    events.raise(new SecurityEvent.SeenContradiction(
                            first + i,
                            header.getAuthor(),
                            new TreeHead(size, Digest.of(header.getSeen().getRoot())),
                            seenLast));
                }
            }
        }
    }

    /**
     * Compares the copy with a signed head that it reaches.
     *
     * @param note the signed head's
     * @throws MismatchException where it gives another root: what is above the last one that held is gone
     * @throws VerificationException where a member contradicts itself below it: nothing above the last one is verified
     */
    void confirm(TreeHead signed, ByteString note) throws MismatchException, VerificationException, SQLException {
        TreeHead found = headAt(signed.size());
        if (!found.equals(signed)) {
            events.raise(new SecurityEvent.MirrorMismatch(signed, found));
            back();
            throw new MismatchException("the aggregator's entries do not give the root that it signed at size "
                    + signed.size() + "; the copy goes on from entry " + verified.size());
        }
        if (signed.size() > verified.size()) {
            Optional<Turns.Contradiction> contradiction = turns.contradiction(signed);
            if (contradiction.isPresent()) {
                throw contradicted(contradiction.get(), ShownLog.at(note, log.reader(), this::some, standingEntries()));
            }
            try {
                turns.keep(signed);
                store.verified(signed);
                // A crash before this commit: the same is compared again.
                connection.commit();
            } catch (SQLException e) {
                rollBack();
                throw e;
            }
            turns.kept(signed);
            verified = signed;
        }
    }

    private List<ByteString> some(long first, int count) {
        return logStore.entries(first, count);
    }

    private List<Long> standingEntries() throws SQLException {
        return store.standingEntries();
    }

    /**
     * Compares a statement that was shown elsewhere with the verified copy.
     *
     * @param note of the verified head
     * @return in words, what the two say of each other
     * @throws VerificationException {@link Reason#EQUIVOCATION} where both prove that its author said two things, or why the
     *     statement says nothing about its author
     */
    String compare(ByteString envelope, ByteString note) throws VerificationException, SQLException {
        OpenedEnvelope opened = check.opened(envelope);
        Said elsewhere = Said.of(verified.size(), opened);
        String place = "statement " + elsewhere.seq() + " of '" + elsewhere.author() + "', incarnation "
                + elsewhere.incarnation();
        long index = MemberForks.turn(elsewhere, this::some);
        if (index == verified.size()) {
            return "not decided: " + place + " is not in this node's copy, which has " + index + " entries";
        }
        if (check.opened(entry(index))
                .statement()
                .id()
                .equals(opened.statement().id())) {
            return "the same: " + place + " is entry " + index + " here too";
        }
        ShownLog shown = ShownLog.at(note, log.reader(), this::some, standingEntries());
        Path file = new MemberForks(forks).keep(elsewhere, index, envelope, shown);
        events.raise(new SecurityEvent.MemberEquivocated(elsewhere.author(), index, file.toString()));
        throw new VerificationException(
                Reason.EQUIVOCATION,
                "'" + elsewhere.author() + "' signed two different ones: " + place + " is entry " + index
                        + " here, and another statement there; shown by " + file + ".");
    }

    /** The log took what intake must refuse; where the member's own signatures show it too, they are kept as a file. */
    private VerificationException contradicted(Turns.Contradiction contradiction, ShownLog shown) {
        MemberForks.Kept kept = new MemberForks(forks).keep(contradiction, shown);
        events.raise(new SecurityEvent.MemberForked(
                contradiction.now().author(),
                contradiction.now().index(),
                kept.sentence(),
                kept.file().map(Path::toString)));
        return new VerificationException(Reason.EQUIVOCATION, kept.sentence());
    }

    /** What failed for want of room is prepared anew. */
    private void rollBack() throws SQLException {
        Rollback.of(connection);
        logStore.close();
    }

    private void back() throws SQLException {
        try {
            store.truncate(verified);
            // A crash before this commit leaves what does not fit; it is compared again after the start.
            connection.commit();
        } catch (SQLException e) {
            rollBack();
            throw e;
        }
        logStore.close();
        logStore = new JdbcLogStore(connection, 0);
        try {
            log = TransparencyLog.open(logStore);
            view = log.view();
            seenLast = TreeHead.EMPTY;
            turns.cut(verified.size());
            fold();
        } catch (VerificationException e) {
            throw new IllegalStateException("the copy contradicts itself after it was cut", e);
        } finally {
            connection.commit(); // ends the reading transaction
        }
    }

    @Override
    public void close() throws SQLException {
        logStore.close();
        database.close();
    }
}
