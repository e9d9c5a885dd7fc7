package dev.weft.node.release;

import dev.weft.node.record.RecordQuery;
import dev.weft.node.record.Recorder;
import dev.weft.node.record.StoredRecord;
import dev.weft.node.record.Transaction;
import dev.weft.node.release.Release.State;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;

/**
 * What waits for the data steward, and what became of it. A person sees the exact bytes that will leave, and decides
 * once; who and when is recorded in the site's log.
 */
public final class StewardQueue {

    private static final int MAX_REASON = 1_000;

    private final Recorder recorder;
    private final Releaser releaser;
    private final DataSource readers;

    /** Over the recorder whose release step is {@code releaser}. */
    public StewardQueue(Recorder recorder, Releaser releaser, DataSource readers) {
        this.recorder = recorder;
        this.releaser = releaser;
        this.readers = readers;
    }

    /** Up to {@code limit} releases above an id (0: from the first), in order, in one state where one is given. */
    public List<Release> list(Optional<State> state, long after, int limit) throws SQLException {
        try (Connection connection = readers.getConnection()) {
            return ReleaseStore.list(connection, state, after, limit);
        }
    }

    /** How many wait. */
    public long waiting() throws SQLException {
        try (Connection connection = readers.getConnection()) {
            return ReleaseStore.count(connection, State.WAITING) + ReleaseStore.count(connection, State.HELD);
        }
    }

    /** What leaves and what stays, if there is such a release. */
    public Optional<Preview> show(long id) throws SQLException, VerificationException {
        try (Connection connection = readers.getConnection()) {
            Optional<Release> release = ReleaseStore.find(connection, id);
            if (release.isEmpty()) {
                return Optional.empty();
            }
            StoredRecord record = RecordQuery.find(connection, release.get().record())
                    .orElseThrow(() -> new IllegalStateException("release " + id + " has no record"));
            return Optional.of(Preview.of(
                    connection,
                    release.get(),
                    record,
                    ReleaseStore.openings(connection, release.get().id())));
        }
    }

    /**
     * Lets it out: signs the body that was shown.
     *
     * <p>Fails with {@code not-found}, {@code decision-taken}, or why the node may not sign.
     */
    public CompletableFuture<Release> approve(long id, String person) {
        return recorder.transact(transaction -> {
            releaser.approve(transaction, open(transaction, id), person);
            return find(transaction, id);
        });
    }

    /**
     * Lets it out, and ahead of time what is like it: statements of its kind, on no other dataset versions, that tell of no
     * other field, under the same policy. Fails as {@link #approve}, and with {@code bad-value} where no data stand behind.
     */
    public CompletableFuture<Release> approveAhead(long id, String person) {
        return recorder.transact(transaction -> {
            releaser.approveAhead(transaction, open(transaction, id), person);
            return find(transaction, id);
        });
    }

    /** What was approved ahead, ended or not, oldest first. */
    public List<Pattern> patterns() throws SQLException {
        try (Connection connection = readers.getConnection()) {
            return PatternStore.all(connection);
        }
    }

    /** Ends a pattern. Fails with {@code not-found}, or {@code decision-taken} where it has ended. */
    public CompletableFuture<Pattern> endPattern(long id, String person) {
        return recorder.transact(transaction -> {
            Connection connection = transaction.connection();
            Pattern pattern = PatternStore.find(connection, id)
                    .orElseThrow(() -> new VerificationException(
                            Reason.NOT_FOUND, "there is no pattern " + id + ": list them to see their numbers"));
            if (pattern.ended().isPresent()) {
                throw new VerificationException(
                        Reason.DECISION_TAKEN,
                        "pattern %d was ended by %s"
                                .formatted(id, pattern.ended().get().by()));
            }
            releaser.endAhead(transaction, pattern, person);
            return PatternStore.find(connection, id).orElseThrow();
        });
    }

    /** Keeps it in. Fails with {@code not-found}, {@code decision-taken}, or {@code bad-value} for an empty reason. */
    public CompletableFuture<Release> refuse(long id, String person, String reason) {
        return recorder.transact(transaction -> {
            if (reason.isBlank() || reason.length() > MAX_REASON) {
                throw new VerificationException(
                        Reason.BAD_VALUE,
                        "say in 1 to " + MAX_REASON + " characters why release " + id + " is refused");
            }
            releaser.refuse(transaction, open(transaction, id), person, reason);
            return find(transaction, id);
        });
    }

    private static Release open(Transaction transaction, long id) throws SQLException, VerificationException {
        Release release = find(transaction, id);
        if (!release.state().open()) {
            throw new VerificationException(
                    Reason.DECISION_TAKEN,
                    "release %d was %s by %s: a decision is taken once"
                            .formatted(
                                    id,
                                    release.state().text(),
                                    release.decided().map(Release.Decided::by).orElse("somebody")));
        }
        return release;
    }

    private static Release find(Transaction transaction, long id) throws SQLException, VerificationException {
        return ReleaseStore.find(transaction.connection(), id)
                .orElseThrow(() -> new VerificationException(
                        Reason.NOT_FOUND, "there is no release " + id + ": list them to see their numbers"));
    }
}
