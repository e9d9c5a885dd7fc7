package dev.weft.it.load;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.log.JdbcLogStore;
import dev.weft.proto.log.LogView;
import dev.weft.proto.log.TransparencyLog;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** A log of very many small entries in the tables of a mirror: what a leaf costs on disk, and its proof in time. */
final class Leaves implements AutoCloseable {
    private static final int BATCH = 10_000;
    /** Bytes of an entry: as small as makes the log's own share visible. */
    static final int ENTRY = 64;

    private static final int PROOFS = 2_000;
    private static final int ROUNDS = 5;

    private final Path file;
    private final Connection connection;
    private final JdbcLogStore store;
    private final TransparencyLog log;

    Leaves(Path file) throws SQLException, VerificationException {
        this.file = file;
        this.connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        for (String sql : List.of(
                "PRAGMA journal_mode = WAL",
                "CREATE TABLE log_entry (log INTEGER NOT NULL, idx INTEGER PRIMARY KEY, entry BLOB NOT NULL)",
                "CREATE TABLE log_tile (log INTEGER NOT NULL, level INTEGER NOT NULL, idx INTEGER NOT NULL,"
                        + " hashes BLOB NOT NULL, PRIMARY KEY (log, level, idx))",
                "CREATE TABLE log_head (log INTEGER PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL)")) {
            run(sql);
        }
        connection.setAutoCommit(false);
        this.store = new JdbcLogStore(connection, 0);
        this.log = TransparencyLog.open(store);
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static ByteString entry(long index) {
        return ByteString.copyFrom(
                ByteBuffer.allocate(ENTRY).putLong(index).position(ENTRY).flip());
    }

    /** Appends up to so many leaves, in batches as a mirror does. */
    void grow(long leaves) throws SQLException {
        while (log.head().size() < leaves) {
            List<ByteString> batch = new ArrayList<>(BATCH);
            long first = log.head().size();
            for (long i = first; i < Math.min(leaves, first + BATCH); i++) {
                batch.add(entry(i));
            }
            log.append(batch);
            connection.commit();
        }
    }

    /** Bytes on disk for each leaf, its entry included. */
    double bytesEach() throws SQLException, IOException {
        connection.setAutoCommit(true);
        run("PRAGMA wal_checkpoint(TRUNCATE)");
        connection.setAutoCommit(false);
        return (double) Files.size(file) / log.head().size();
    }

    /** Of {@link #bytesEach}, what the hashes take. */
    double hashBytesEach() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT sum(pgsize) FROM dbstat WHERE name IN ('log_tile', 'sqlite_autoindex_log_tile_1')")) {
            return (double) row.getLong(1) / log.head().size();
        }
    }

    /**
     * What a proof takes, 99 of 100 below it.
     *
     * @param millis by the clock
     * @param processorMillis of the thread
     */
    record Proof(double millis, double processorMillis) {}

    /** Verified proofs of entries anywhere; tiles of leaves are read from the file. The quietest of some rounds counts. */
    Proof proof() throws SQLException, VerificationException {
        SplittableRandom anywhere = new SplittableRandom(7);
        Proof best = new Proof(Double.MAX_VALUE, Double.MAX_VALUE);
        for (int i = 0; i < ROUNDS; i++) {
            Proof round = round(anywhere);
            best = new Proof(
                    Math.min(best.millis(), round.millis()), Math.min(best.processorMillis(), round.processorMillis()));
        }
        return best;
    }

    private Proof round(SplittableRandom anywhere) throws SQLException, VerificationException {
        ThreadMXBean thread = ManagementFactory.getThreadMXBean();
        long[] nanos = new long[PROOFS];
        long[] spent = new long[PROOFS];
        for (int i = 0; i < PROOFS; i++) {
            long index = anywhere.nextLong(log.head().size());
            long before = thread.getCurrentThreadCpuTime();
            long start = System.nanoTime();
            LogView view = log.view();
            InclusionProof proof = view.inclusion(index, log.head().size());
            nanos[i] = System.nanoTime() - start;
            spent[i] = thread.getCurrentThreadCpuTime() - before;
            proof.verify(MerkleMath.leafHash(entry(index)), log.head());
        }
        connection.commit(); // ends the reading transaction
        Arrays.sort(nanos);
        Arrays.sort(spent);
        return new Proof(nanos[PROOFS * 99 / 100] / 1e6, spent[PROOFS * 99 / 100] / 1e6);
    }

    @Override
    public void close() throws SQLException {
        store.close();
        connection.close();
    }
}
