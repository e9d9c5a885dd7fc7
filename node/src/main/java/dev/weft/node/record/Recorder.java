package dev.weft.node.record;

import dev.weft.node.db.NodeDatabase;
import dev.weft.node.record.Ledger.Placed;
import dev.weft.node.record.Recorded.Released;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.log.GroupCommit;
import dev.weft.proto.merkle.TreeHead;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The door for raw lineage: what is recorded is in the database and in the site's log, in one transaction, and is
 * answered only after it is on disk. The same record again (same source, external id and content) gives the same id.
 *
 * <p>A future fails with a {@link VerificationException}: {@code bad-value}, {@code external-id-conflict}, {@code unknown-reference}, what the
 * release step refuses, {@code disk-full}, {@code busy}, {@code shutdown} or {@code stopped}; then nothing of it is kept.
 */
public final class Recorder {

    /** Records that share one place in the writer's queue. */
    private static final int CHUNK = 256;

    private final GroupCommit writer;
    private final Ledger ledger;
    private final ReleaseStep release;
    private final SecureRandom random;

    private Recorder(GroupCommit writer, Ledger ledger, ReleaseStep release, SecureRandom random) {
        this.writer = writer;
        this.ledger = ledger;
        this.release = release;
        this.random = random;
    }

    /**
     * Opens the site's log of the database.
     *
     * @throws VerificationException {@code log-corrupt} where the log's rows contradict each other
     */
    public static Recorder open(NodeDatabase database, ReleaseStep release, SecureRandom random, InstantSource clock)
            throws IOException, VerificationException {
        Ledger ledger = database.write(connection -> new Ledger(connection, random, clock));
        database.add(new NodeDatabase.Hook() {
            @Override
            public void rolledBack() {
                ledger.rolledBack();
            }
        });
        return new Recorder(database.writer(), ledger, release, random);
    }

    /** Records one. */
    public CompletableFuture<Recorded> record(LineageRecord record) {
        try {
            Draft draft = draft(record);
            return writer.submit(connection -> one(connection, draft));
        } catch (VerificationException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Records many, in order; each has its own answer, and one that is refused does not touch the others. */
    public List<CompletableFuture<Recorded>> recordAll(List<LineageRecord> records) {
        List<CompletableFuture<Recorded>> answers = new ArrayList<>(records.size());
        List<Draft> chunk = new ArrayList<>();
        for (LineageRecord record : records) {
            boolean alone = release.concerns(record);
            if (alone || chunk.size() == CHUNK) {
                answers.addAll(submit(chunk));
                chunk = new ArrayList<>();
            }
            if (alone) {
                answers.add(record(record));
                continue;
            }
            try {
                chunk.add(draft(record));
            } catch (VerificationException e) {
                answers.addAll(submit(chunk));
                chunk = new ArrayList<>();
                answers.add(CompletableFuture.failedFuture(e));
            }
        }
        answers.addAll(submit(chunk));
        return answers;
    }

    /** A reader may have let a value through that no record can hold: that is the record's own refusal. */
    private Draft draft(LineageRecord record) throws VerificationException {
        try {
            return new Draft(record, random);
        } catch (IllegalArgumentException e) {
            throw new VerificationException(
                    Reason.BAD_VALUE, "a value of the record cannot be kept: " + e.getMessage(), e);
        }
    }

    /** Runs other work in a transaction of its own, with the site's log at hand. */
    public <T> CompletableFuture<T> transact(TransactionWork<T> work) {
        return writer.submit(connection -> work.run(new Transaction(connection, ledger)));
    }

    /** Work that is there whole or not at all. */
    @FunctionalInterface
    public interface TransactionWork<T> {
        /** Runs on the writer's thread. */
        T run(Transaction transaction) throws SQLException, VerificationException;
    }

    private Recorded one(Connection connection, Draft draft) throws SQLException, VerificationException {
        Placed placed = ledger.place(draft);
        ledger.flush();
        return new Recorded(
                placed.id(), placed.leaf(), placed.duplicate(), released(connection, draft.record(), placed));
    }

    private Released released(Connection connection, LineageRecord record, Placed placed)
            throws SQLException, VerificationException {
        if (!release.concerns(record)) {
            return Released.NOTHING;
        }
        return placed.duplicate()
                ? release.released(connection, placed.id())
                : release.release(new Transaction(connection, ledger), record, ledger.find(placed.id()));
    }

    private List<CompletableFuture<Recorded>> submit(List<Draft> chunk) {
        if (chunk.isEmpty()) {
            return List.of();
        }
        CompletableFuture<List<Answer>> whole = writer.submit(connection -> chunk(chunk));
        List<CompletableFuture<Recorded>> answers = new ArrayList<>(chunk.size());
        for (int n = 0; n < chunk.size(); n++) {
            int at = n;
            answers.add(whole.thenApply(all -> all.get(at).get()));
        }
        return answers;
    }

    private List<Answer> chunk(List<Draft> chunk) throws SQLException {
        List<Answer> answers = new ArrayList<>(chunk.size());
        for (Draft draft : chunk) {
            answers.add(place(draft));
        }
        ledger.flush();
        return answers;
    }

    /** A refusal comes before the first row of its record is written, so there is nothing to take back. */
    private Answer place(Draft draft) throws SQLException {
        try {
            Placed placed = ledger.place(draft);
            return () -> new Recorded(placed.id(), placed.leaf(), placed.duplicate(), Released.NOTHING);
        } catch (VerificationException e) {
            return () -> {
                throw new CompletionException(e);
            };
        }
    }

    private interface Answer {
        Recorded get();
    }

    /** The head of the site's log as the writer's last work left it. */
    public CompletableFuture<TreeHead> siteHead() {
        return writer.submit(connection -> ledger.head());
    }
}
