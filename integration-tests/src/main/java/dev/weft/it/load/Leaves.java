package dev.weft.it.load;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.log.JdbcLogStore;
import dev.weft.proto.log.LogView;
import dev.weft.proto.log.TransparencyLog;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
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

    /** Milliseconds of a verified proof of an entry anywhere, 99 of 100 below it; tiles are read from the file. */
    double proofMillis() throws SQLException, VerificationException {
        SplittableRandom anywhere = new SplittableRandom(7);
        long[] nanos = new long[PROOFS];
        for (int i = 0; i < PROOFS; i++) {
            long index = anywhere.nextLong(log.head().size());
            long start = System.nanoTime();
            LogView view = log.view();
            InclusionProof proof = view.inclusion(index, log.head().size());
            nanos[i] = System.nanoTime() - start;
            proof.verify(MerkleMath.leafHash(entry(index)), log.head());
        }
        connection.commit(); // ends the reading transaction
        Arrays.sort(nanos);
        return nanos[PROOFS * 99 / 100] / 1e6;
    }

    @Override
    public void close() throws SQLException {
        store.close();
        connection.close();
    }
}
