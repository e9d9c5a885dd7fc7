package dev.weft.node.record;

import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.TreeHead;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** One piece of work on the writer's thread; it is there whole or not at all. Not to be kept. */
public final class Transaction {

    private final Connection connection;
    private final Ledger ledger;

    Transaction(Connection connection, Ledger ledger) {
        this.connection = connection;
        this.ledger = ledger;
    }

    /** The writer's connection; whoever uses it neither commits nor rolls back. */
    public Connection connection() {
        return connection;
    }

    /** Stores one more record, for example a decision. */
    public StoredRecord add(LineageRecord record) throws SQLException, VerificationException {
        return ledger.add(record);
    }

    /**
     * Takes a field's value and salt out of its record; gives what was taken out.
     *
     * @throws VerificationException {@code not-found}, {@code duplicate} where it was erased before, {@code bad-value} where
     *     the field is no content
     */
    public StoredField.Kept erase(StoredRecord record, String field) throws SQLException, VerificationException {
        return ErasureStore.erase(connection, record, field);
    }

    /** The head of the site's log with everything that was stored up to here. */
    public TreeHead siteHead() {
        return ledger.head();
    }

    /** That a record stands in the site's log as it is (RFC 6962 section 2.1.1). */
    public InclusionProof siteInclusion(long record) {
        return ledger.inclusion(record);
    }

    /** That the site's log as it is continues the one of that size (RFC 6962 section 2.1.2). */
    public List<Digest> siteProof(long from) {
        return ledger.proof(from);
    }
}
