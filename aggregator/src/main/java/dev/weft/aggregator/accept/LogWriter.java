package dev.weft.aggregator.accept;

import dev.weft.aggregator.db.OpeningStore;
import dev.weft.aggregator.db.RoomStore;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.log.Rollback;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.v1.Header;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All transactions of the one holder of the log: step 1 of docs/protocol.md section 5, and the graph that follows it.
 * After a failure it knows whether the transaction persisted, and memory is where the database is.
 */
final class LogWriter {
    private static final Logger log = LoggerFactory.getLogger(LogWriter.class);
    /** Few, since statements wait meanwhile. */
    private static final int PROJECTED_AT_ONCE = 128;
    /** A batch this large says that more are on their way: the log goes first, and the graph follows when there is time. */
    private static final int BUSY = 16;
    /** But not further behind than this. */
    private static final int BEHIND_AT_MOST = 250_000;

    private final LogHolding holding;
    private final Projector projector;

    LogWriter(LogHolding holding, Projector projector) {
        this.holding = holding;
        this.projector = projector;
    }

    /**
     * Stores a batch.
     *
     * @param published size below which entries may be projected
     * @return false where nothing of it was kept
     * @throws VerificationException {@link Reason#LOG_MOVED} where another writer moved the log's head
     */
    boolean commit(Batch batch, long published) throws SQLException, VerificationException {
        try {
            write(batch, published);
            // A crash here leaves nothing of the batch: nobody was told of it, and the authors send it again.
            holding.writer().commit();
            // A crash here leaves entries that nobody has been told of: the start continues at step 2.
        } catch (SQLException | RuntimeException e) {
            if (!isCommitted(batch, e)) {
                log.warn("a batch of {} was not stored: {}", batch.entries().size(), e.toString());
                holding.log().rolledBack();
                holding.sequences().rolledBack();
                projector.rolledBack();
                return false;
            }
        }
        projector.committed();
        return true;
    }

    private void write(Batch batch, long published) throws SQLException {
        if (batch.entries().size() < BUSY || projector.behind(published) > BEHIND_AT_MOST) {
            projector.step(published, PROJECTED_AT_ONCE);
        }
        TreeHead unused = holding.log().append(batch.bytes());
        for (Batch.Entry entry : batch.entries()) {
            Header header = entry.opened().statement().header();
            holding.sequences().add(header.getAuthor(), header.getIncarnation(), header.getSeq(), entry.index());
            beside(entry);
        }
        holding.sequences().flush();
    }

    private void beside(Batch.Entry entry) throws SQLException {
        if (StandingFold.changesStanding(entry.opened())) {
            holding.standings().addEntry(entry.index());
        }
        if (entry.second().isPresent()) {
            holding.standings().keepSecondEnvelope(entry.index(), entry.second().get());
        }
        Submission submission = entry.submission();
        if (!submission.openings().isEmpty()) {
            OpeningStore.put(holding.writer(), holding.federation(), entry.index(), submission.openings());
        }
        if (!submission.siteProof().isEmpty()) {
            OpeningStore.putSiteProof(holding.writer(), holding.federation(), entry.index(), submission.siteProof());
        }
    }

    /** After a failure: whether the transaction persisted all the same, which only the database can say. */
    private boolean isCommitted(Batch batch, Exception failure) throws SQLException, VerificationException {
        rollback();
        TreeHead stored = holding.store().head();
        if (stored.size() == batch.nextIndex()) {
            return true;
        }
        if (stored.size() != batch.nextIndex() - batch.entries().size()) {
            log.error("the log's head moved", failure);
            throw new VerificationException(
                    Reason.LOG_MOVED, "Another writer moved the log's head; stop all but one and start again.");
        }
        return false;
    }

    /** Carries the graph on, where it is behind; false where it could not be stored. */
    boolean project(long published) throws SQLException {
        try {
            projector.step(published, PROJECTED_AT_ONCE);
            // A crash here leaves the graph where it was: the projection goes on from there.
            holding.writer().commit();
            projector.committed();
            return true;
        } catch (SQLException e) {
            rollback();
            projector.rolledBack();
            log.warn("the graph could not be stored, the log goes on: {}", e.toString());
            return false;
        }
    }

    /** Whether the storage that refused takes something again. */
    boolean hasRoom() {
        try {
            RoomStore.probe(holding.writer());
            return true;
        } catch (SQLException e) {
            log.debug("still no room: {}", e.toString());
            return false;
        }
    }

    private void rollback() throws SQLException {
        Rollback.of(holding.writer());
        // What failed for want of room is prepared anew.
        holding.store().close();
    }
}
