package dev.weft.aggregator.accept;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;

/** Tells a storage that has no room or does not answer from a statement that is at fault. */
final class StorageFault {
    private StorageFault() {}

    /** Whether the storage as a whole failed, so that the same work may succeed later. */
    static boolean isOne(Throwable thrown) {
        for (@Nullable Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && isOne(sql.getErrorCode() & 0xff)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOne(int code) {
        return code == SQLiteErrorCode.SQLITE_FULL.code
                || code == SQLiteErrorCode.SQLITE_IOERR.code
                || code == SQLiteErrorCode.SQLITE_BUSY.code
                || code == SQLiteErrorCode.SQLITE_NOMEM.code;
    }

    static VerificationException refusal() {
        return new VerificationException(
                Reason.DISK_FULL,
                "The log could not be written, nothing was kept; send the same again later, it goes on when there is"
                        + " room.");
    }
}
