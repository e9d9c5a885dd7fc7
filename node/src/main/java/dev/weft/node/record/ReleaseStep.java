package dev.weft.node.record;

import dev.weft.node.record.Recorded.Released;
import dev.weft.proto.VerificationException;
import java.sql.Connection;
import java.sql.SQLException;

/** What happens to a record in the transaction that stores it: whoever may release something hangs in here. */
public interface ReleaseStep {

    /** Whether records of this form release anything at all; the others are stored by the hundred. */
    boolean concerns(LineageRecord record);

    /** Releases what is to be released. A refusal takes the record with it: then nothing of both is there. */
    Released release(Transaction transaction, LineageRecord record, StoredRecord stored)
            throws SQLException, VerificationException;

    /** What a record released when it was stored. */
    Released released(Connection connection, long record) throws SQLException;
}
