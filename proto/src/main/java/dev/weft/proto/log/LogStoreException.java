package dev.weft.proto.log;

import java.sql.SQLException;

/** The database under a log failed; the transaction that the caller holds must be rolled back. */
public final class LogStoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Says what was tried. */
    public LogStoreException(String what, SQLException cause) {
        super(what + ": " + cause.getMessage(), cause);
    }
}
