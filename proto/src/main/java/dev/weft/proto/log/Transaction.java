package dev.weft.proto.log;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import org.jspecify.annotations.Nullable;

/** The writer's open transaction: a savepoint per work, and what is known after something failed. */
final class Transaction {
    /** Primary result codes of SQLite. */
    private static final int SQLITE_BUSY = 5;

    private static final int SQLITE_FULL = 13;
    /** SQLSTATE of PostgreSQL for a full disk, and the class for "rolled back, try again". */
    private static final String DISK_FULL = "53100";

    private static final String ROLLED_BACK = "40";

    private final Connection connection;

    private boolean committing;

    private Transaction(Connection connection) {
        this.connection = connection;
    }

    static Transaction on(Connection connection) {
        try {
            connection.setAutoCommit(false);
            return new Transaction(connection);
        } catch (SQLException e) {
            throw new LogStoreException("Opening the writer's transaction", e);
        }
    }

    /**
     * Runs a work behind a savepoint. False if the work failed and was rolled back alone; an SQLException if the whole
     * transaction is lost. SQLite gives a transaction up by itself when the disk is full; the savepoint is gone then,
     * which is how that is noticed even where the work swallowed the error.
     */
    boolean run(QueuedWork<?> work) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            work.run(connection);
        } catch (Exception | Error e) {
            undo(before, e);
            return false;
        }
        connection.releaseSavepoint(before);
        return true;
    }

    private void undo(Savepoint before, Throwable why) throws SQLException {
        try {
            connection.rollback(before);
            connection.releaseSavepoint(before);
        } catch (SQLException e) {
            // What the work met says more than that the savepoint is gone.
            SQLException cause = sql(why);
            throw cause == null ? e : cause;
        }
    }

    void commit() throws SQLException {
        committing = true;
        connection.commit();
        committing = false;
    }

    /** Ends what a reader after the commit began, so that the write-ahead log can be reset. */
    void endReading() throws SQLException {
        connection.rollback();
    }

    /** Rolls everything back. Fails if that cannot be done, or if the commit may have happened all the same. */
    void rollBackAfter(SQLException why) throws SQLException {
        boolean unknown = committing && !(isDiskFull(why) || isRolledBack(why));
        committing = false;
        Rollback.of(connection);
        if (unknown) {
            throw why;
        }
    }

    /** A full disk by its reason; everything else as it is. */
    static Throwable told(Throwable why) {
        SQLException cause = sql(why);
        return cause != null && isDiskFull(cause)
                ? new VerificationException(
                        Reason.DISK_FULL, "The disk is full; make room and send it again, nothing was kept.", why)
                : why;
    }

    private static @Nullable SQLException sql(Throwable why) {
        for (Throwable t = why; t != null; t = t.getCause()) {
            if (t instanceof SQLException e) {
                return e;
            }
        }
        return null;
    }

    private static boolean isDiskFull(SQLException e) {
        return e.getErrorCode() == SQLITE_FULL || DISK_FULL.equals(e.getSQLState());
    }

    private static boolean isRolledBack(SQLException e) {
        String state = e.getSQLState();
        return e.getErrorCode() == SQLITE_BUSY || (state != null && state.startsWith(ROLLED_BACK));
    }
}
