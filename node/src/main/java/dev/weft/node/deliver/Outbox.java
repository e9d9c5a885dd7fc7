package dev.weft.node.deliver;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.statement.SignedEnvelope;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.Opening;
import dev.weft.proto.v1.Submission;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The table of signed statements on their way to the shared log, and the author's state that follows from it. Works on
 * the caller's connection and never commits: appending belongs to the transaction of the record that is released, so
 * after a crash either both are there or neither.
 */
public final class Outbox {
    private static final String WHOLE = """
            SELECT o.incarnation, o.seq, o.statement, o.predicate_type, o.envelope,
                   r.log_index, r.log_size, r.inclusion, f.reason, f.message, f.retry, f.refused_at
              FROM outbox o
              LEFT JOIN receipt r ON r.incarnation = o.incarnation AND r.seq = o.seq
              LEFT JOIN refusal f ON f.incarnation = o.incarnation AND f.seq = o.seq
            """;

    /** As the index over them names it. */
    private static final String KEY = "https://weft.dev/key/v1";

    private final AuthorState opening;

    /** Starts from the state that the membership or the rollover opened: seq 0, that entry's id, the empty site log. */
    public Outbox(AuthorState opening) {
        this.opening = opening;
    }

    /** The incarnation that this outbox signs and delivers for. */
    public int incarnation() {
        return opening.incarnation();
    }

    /** What the next own statement has to follow: the next seq, the last id, the site head it named. */
    public AuthorState authorState(Connection connection) throws SQLException {
        String sql = "SELECT seq, statement, site_size, site_root FROM outbox WHERE incarnation = ?"
                + " ORDER BY seq DESC LIMIT 1";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setInt(1, opening.incarnation());
            try (ResultSet row = select.executeQuery()) {
                return !row.next()
                        ? opening
                        : new AuthorState(
                                opening.incarnation(),
                                row.getLong(1) + 1,
                                Digest.of(row.getBytes(2)),
                                new TreeHead(row.getLong(3), Digest.of(row.getBytes(4))));
            }
        }
    }

    /**
     * Queues a statement that was just signed.
     *
     * @throws SQLException also where its seq is taken: two statements for one seq must never be signed
     */
    public void append(Connection connection, SignedEnvelope envelope, List<Digest> siteProof, List<Opening> openings)
            throws SQLException {
        Header header = envelope.statement().header();
        String sql = "INSERT INTO outbox (incarnation, seq, statement, predicate_type, envelope, site_size, site_root,"
                + " site_proof, openings) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
        TreeHead site = siteHead(header);
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setInt(1, header.getIncarnation());
            insert.setLong(2, header.getSeq());
            insert.setBytes(3, envelope.statement().id().toByteArray());
            insert.setString(4, envelope.statement().predicateType());
            insert.setBytes(5, envelope.bytes().toByteArray());
            insert.setLong(6, site.size());
            insert.setBytes(7, site.root().toByteArray());
            insert.setBytes(8, join(siteProof));
            insert.setBytes(
                    9, Submission.newBuilder().addAllOpenings(openings).build().toByteArray());
            insert.executeUpdate();
        }
    }

    /** Takes an opening from beside every statement that it lies beside, delivered or not. The statements stay. */
    public void eraseOpening(Connection connection, Digest commitment) throws SQLException {
        for (String table : List.of("outbox", "outbox_lost")) {
            try (PreparedStatement select = connection.prepareStatement(
                            "SELECT rowid, openings FROM " + table + " WHERE instr(openings, ?) > 0");
                    PreparedStatement update =
                            connection.prepareStatement("UPDATE " + table + " SET openings = ? WHERE rowid = ?")) {
                select.setBytes(1, commitment.toByteArray());
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        List<Opening> left = openings(rows.getBytes(2)).stream()
                                .filter(opening -> !opening.getCommitment().equals(commitment.toByteString()))
                                .toList();
                        update.setBytes(
                                1,
                                Submission.newBuilder()
                                        .addAllOpenings(left)
                                        .build()
                                        .toByteArray());
                        update.setLong(2, rows.getLong(1));
                        update.executeUpdate();
                    }
                }
            }
        }
    }

    private static TreeHead siteHead(Header header) {
        return header.hasSiteHead()
                ? new TreeHead(
                        header.getSiteHead().getSize(),
                        Digest.of(header.getSiteHead().getRoot()))
                : TreeHead.EMPTY;
    }

    /**
     * The envelopes of all own changes of keys, in the order in which they were signed. They, and not a file, say which
     * keys are in force, because they are committed together with the statements that are signed under them.
     */
    public static List<ByteString> keyChanges(Connection connection) throws SQLException {
        List<ByteString> changes = new ArrayList<>();
        if (!hasTable(connection)) {
            return changes;
        }
        String sql = "SELECT envelope FROM outbox WHERE predicate_type = '" + KEY + "' ORDER BY incarnation, seq";
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                changes.add(ByteString.copyFrom(row.getBytes(1)));
            }
        }
        return changes;
    }

    /** A database that a crash left before its first migration has none. */
    private static boolean hasTable(Connection connection) throws SQLException {
        try (PreparedStatement select =
                        connection.prepareStatement("SELECT 1 FROM sqlite_master WHERE name = 'outbox'");
                ResultSet row = select.executeQuery()) {
            return row.next();
        }
    }

    /** The largest checkpoint that the newest statement of this incarnation names; empty before any. */
    public TreeHead lastSeen(Connection connection) throws SQLException, VerificationException {
        String sql = "SELECT envelope FROM outbox WHERE incarnation = ? ORDER BY seq DESC LIMIT 1";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setInt(1, opening.incarnation());
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? TreeHead.of(EnvelopeOpener.open(ByteString.copyFrom(row.getBytes(1)))
                                .statement()
                                .header()
                                .getSeen())
                        : TreeHead.EMPTY;
            }
        }
    }

    /** Own statements from a seq on, in order. */
    List<OutboxEntry> from(Connection connection, long seq, int limit) throws SQLException {
        String sql = "SELECT seq, statement, envelope, site_proof, openings FROM outbox"
                + " WHERE incarnation = ? AND seq >= ? ORDER BY seq LIMIT ?";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setInt(1, opening.incarnation());
            select.setLong(2, seq);
            select.setInt(3, limit);
            List<OutboxEntry> result = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    result.add(new OutboxEntry(
                            row.getLong(1),
                            Digest.of(row.getBytes(2)),
                            ByteString.copyFrom(row.getBytes(3)),
                            split(row.getBytes(4)),
                            openings(row.getBytes(5))));
                }
            }
            return result;
        }
    }

    /** The first seq without a verified receipt. Receipts come in order, so all below have one. */
    public long firstPending(Connection connection) throws SQLException {
        return lastReceipt(connection, "seq") + 1;
    }

    /** The log index in the newest receipt, or -1. */
    long lastIndex(Connection connection) throws SQLException {
        return lastReceipt(connection, "log_index");
    }

    private long lastReceipt(Connection connection, String column) throws SQLException {
        String sql = "SELECT " + column + " FROM receipt WHERE incarnation = ? ORDER BY seq DESC LIMIT 1";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setInt(1, opening.incarnation());
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getLong(1) : -1;
            }
        }
    }

    /** Keeps a receipt that verified; what was refused before is settled by it. */
    void receipted(Connection connection, long seq, InclusionProof proof) throws SQLException {
        String sql = "INSERT INTO receipt (incarnation, seq, log_index, log_size, inclusion) VALUES (?, ?, ?, ?, ?)"
                + " ON CONFLICT DO NOTHING";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setInt(1, opening.incarnation());
            insert.setLong(2, seq);
            insert.setLong(3, proof.index());
            insert.setLong(4, proof.size());
            insert.setBytes(5, join(proof.path()));
            insert.executeUpdate();
        }
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM refusal WHERE incarnation = ? AND seq = ?")) {
            delete.setInt(1, opening.incarnation());
            delete.setLong(2, seq);
            delete.executeUpdate();
        }
    }

    /** Keeps the envelope of a statement as the log holds it. */
    void loggedAs(Connection connection, long seq, ByteString envelope) throws SQLException {
        String sql = "UPDATE outbox SET envelope = ? WHERE incarnation = ? AND seq = ?";
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setBytes(1, envelope.toByteArray());
            update.setInt(2, opening.incarnation());
            update.setLong(3, seq);
            update.executeUpdate();
        }
    }

    /**
     * Gives each undelivered statement the second signature that it lacks, over the same payload: the same statement. Those
     * before the rotation that enrols the key cannot be given it.
     *
     * @return how many could not
     */
    public int signTwice(Connection connection, MlDsaSigningKey key) throws SQLException, VerificationException {
        SortedMap<Long, OpenedEnvelope> lacking = new TreeMap<>();
        int without = 0;
        for (OutboxEntry entry : from(connection, firstPending(connection), Integer.MAX_VALUE)) {
            OpenedEnvelope opened = EnvelopeOpener.open(entry.envelope());
            if (!opened.names(key.verifyingKey().id())) {
                lacking.put(entry.seq(), opened);
            } else if (opened.statement().predicate().orElse(null) instanceof Key change
                    && change.getRotate()
                            .getKeys()
                            .getSecond()
                            .equals(key.verifyingKey().toProto())) {
                without += lacking.size();
                lacking.clear();
            }
        }
        for (Map.Entry<Long, OpenedEnvelope> each : lacking.entrySet()) {
            loggedAs(connection, each.getKey(), EnvelopeSigner.with(each.getValue(), key));
        }
        return without;
    }

    /** Whether a statement waits that has no second signature of any key. */
    public boolean hasSignedOnce(Connection connection) throws SQLException, VerificationException {
        for (OutboxEntry entry : from(connection, firstPending(connection), Integer.MAX_VALUE)) {
            OpenedEnvelope opened = EnvelopeOpener.open(entry.envelope());
            if (EnvelopeSigner.withoutSecond(opened).equals(entry.envelope())) {
                return true;
            }
        }
        return false;
    }

    /** Keeps what the aggregator said against a statement. */
    void refused(Connection connection, RefusedStatement refusal) throws SQLException {
        String sql = "INSERT OR REPLACE INTO refusal (incarnation, seq, reason, message, retry, refused_at)"
                + " VALUES (?, ?, ?, ?, ?, ?)";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setInt(1, opening.incarnation());
            insert.setLong(2, refusal.seq());
            insert.setString(3, refusal.reason());
            insert.setString(4, refusal.message());
            insert.setBoolean(5, refusal.retry());
            insert.setString(6, refusal.at().toString());
            insert.executeUpdate();
        }
    }

    /** The statement of that id, if this node signed it. */
    public Optional<DeliveredStatement> find(Connection connection, Digest statement) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(WHOLE + " WHERE o.statement = ?")) {
            select.setBytes(1, statement.toByteArray());
            Optional<DeliveredStatement> found = delivered(select).stream().findFirst();
            return found.isPresent() ? found : RestateStore.lost(connection, statement);
        }
    }

    /**
     * A page of this incarnation's statements in order of seq.
     *
     * @param state only these; empty for all
     * @param after seq of the last one already known, -1 for the first page
     */
    public List<DeliveredStatement> list(
            Connection connection, Optional<DeliveredStatement.State> state, long after, int limit)
            throws SQLException {
        String only = state.map(s -> switch (s) {
                    case DURABLE -> " AND r.seq IS NOT NULL";
                    case REFUSED -> " AND r.seq IS NULL AND f.seq IS NOT NULL";
                    case PENDING -> " AND r.seq IS NULL AND f.seq IS NULL";
                })
                .orElse("");
        String sql = WHOLE + " WHERE o.incarnation = ? AND o.seq > ?" + only + " ORDER BY o.seq LIMIT ?";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setInt(1, opening.incarnation());
            select.setLong(2, after);
            select.setInt(3, limit);
            return delivered(select);
        }
    }

    private static List<DeliveredStatement> delivered(PreparedStatement select) throws SQLException {
        List<DeliveredStatement> result = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                result.add(new DeliveredStatement(
                        row.getInt("incarnation"),
                        row.getLong("seq"),
                        Digest.of(row.getBytes("statement")),
                        row.getString("predicate_type"),
                        ByteString.copyFrom(row.getBytes("envelope")),
                        receipt(row),
                        refusal(row)));
            }
        }
        return result;
    }

    private static Optional<InclusionProof> receipt(ResultSet row) throws SQLException {
        byte[] path = row.getBytes("inclusion");
        return path == null
                ? Optional.empty()
                : Optional.of(new InclusionProof(row.getLong("log_index"), row.getLong("log_size"), split(path)));
    }

    private static Optional<RefusedStatement> refusal(ResultSet row) throws SQLException {
        String reason = row.getString("reason");
        return reason == null
                ? Optional.empty()
                : Optional.of(new RefusedStatement(
                        row.getLong("seq"),
                        reason,
                        row.getString("message"),
                        row.getBoolean("retry"),
                        Instant.parse(row.getString("refused_at"))));
    }

    static List<Opening> openings(byte[] bytes) {
        try {
            return Submission.parseFrom(bytes).getOpeningsList();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the outbox holds openings that cannot be read", e);
        }
    }

    private static byte[] join(List<Digest> hashes) {
        byte[] result = new byte[hashes.size() * Digest.SIZE];
        for (int i = 0; i < hashes.size(); i++) {
            System.arraycopy(hashes.get(i).toByteArray(), 0, result, i * Digest.SIZE, Digest.SIZE);
        }
        return result;
    }

    private static List<Digest> split(byte[] hashes) {
        List<Digest> result = new ArrayList<>(hashes.length / Digest.SIZE);
        for (int at = 0; at < hashes.length; at += Digest.SIZE) {
            result.add(Digest.of(ByteString.copyFrom(hashes, at, Digest.SIZE)));
        }
        return result;
    }
}
