package dev.weft.node.db;

import com.zaxxer.hikari.HikariDataSource;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.log.GroupCommit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.sqlite.SQLiteJDBCLoader;

/**
 * The database of one node directory, held by this process alone. All writing goes through {@link #writer()}: one
 * thread, many works per transaction, on disk before a future completes. Reading goes through {@link #readers()}: a few
 * connections that cannot write and see what is committed.
 */
public final class NodeDatabase implements AutoCloseable {

    /** What hangs on the writer's transactions; runs on its thread. */
    public interface Hook {
        /** After a commit, and before those who wait for it are told. What it throws stops the writer. */
        default void committed(Connection writer) throws SQLException {}

        /** After a work, or a whole transaction, was taken back. */
        default void rolledBack() {}
    }

    private static final String FILE = "node.db";
    private static final String LOCK = "node.lock";

    private final Path file;
    private final DirectoryLock lock;
    private final Optional<Path> copyBeforeMigration;
    private final Connection connection;
    private final GroupCommit writer;
    private final HikariDataSource readers;
    private final List<Hook> hooks = new CopyOnWriteArrayList<>();
    private final Queue<AtomicBoolean> scrubs = new ConcurrentLinkedQueue<>();

    private NodeDatabase(Path file, DirectoryLock lock, Optional<Path> copy, Connection connection) {
        this.file = file;
        this.lock = lock;
        this.copyBeforeMigration = copy;
        this.connection = connection;
        this.readers = Connections.readers(file);
        this.writer = new GroupCommit(connection, new Hooks());
    }

    /** Loads SQLite's native library, which takes a while; {@link #open} would. */
    public static void preload() {
        try {
            boolean unused = SQLiteJDBCLoader.initialize();
        } catch (Exception e) {
            throw new IllegalStateException("SQLite's native library does not load", e);
        }
    }

    /**
     * Opens the database of the directory, makes it where there is none, and brings it to this program's schema.
     *
     * @throws VerificationException {@code already-running} where another process holds the directory,
     *     {@code schema-newer} where a newer program wrote the file
     */
    public static NodeDatabase open(Path directory) throws IOException, VerificationException {
        return open(directory, UnaryOperator.identity());
    }

    /**
     * As {@link #open(Path)}, with something around the connection that writes: to try how a node bears a disk that fails.
     */
    public static NodeDatabase open(Path directory, UnaryOperator<Connection> around)
            throws IOException, VerificationException {
        return open(directory, List.of("classpath:db/migration/node"), around);
    }

    /**
     * A connection that cannot write, beside whoever holds the directory; the schema may be an older one's, or none yet.
     * Empty where there is no database.
     */
    public static Optional<Connection> look(Path directory) throws SQLException {
        Path file = directory.resolve(FILE);
        return Files.exists(file) ? Optional.of(Connections.reader(file)) : Optional.empty();
    }

    static NodeDatabase open(Path directory, List<String> migrations) throws IOException, VerificationException {
        return open(directory, migrations, UnaryOperator.identity());
    }

    private static NodeDatabase open(Path directory, List<String> migrations, UnaryOperator<Connection> around)
            throws IOException, VerificationException {
        DirectoryLock lock = DirectoryLock.take(directory.resolve(LOCK));
        try {
            Path file = directory.resolve(FILE);
            Connections.createPrivate(file);
            Optional<Path> copy = new Schema(file, migrations).bringUpToDate();
            return new NodeDatabase(file, lock, copy, around.apply(Connections.writer(file)));
        } catch (SQLException e) {
            lock.close();
            throw new IOException("the database in " + directory + " could not be opened: " + e.getMessage(), e);
        } catch (IOException | VerificationException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private final class Hooks implements GroupCommit.AfterCommit {
        @Override
        public void committed() throws SQLException {
            for (Hook hook : hooks) {
                hook.committed(connection);
            }
            for (AtomicBoolean asked = scrubs.poll(); asked != null; asked = scrubs.poll()) {
                asked.set(Connections.truncateWal(connection));
            }
        }

        @Override
        public void rolledBack() {
            hooks.forEach(Hook::rolledBack);
        }
    }

    /** Adds a hook; they run in the order in which they were added. */
    public void add(Hook hook) {
        hooks.add(hook);
    }

    /** The one way to write. */
    public GroupCommit writer() {
        return writer;
    }

    /** Writes and waits for it: for the start, before there is anybody to wait for. */
    public <T> T write(GroupCommit.Work<T> work) throws IOException, VerificationException {
        try {
            return writer.submit(work).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof VerificationException refused) {
                throw refused;
            }
            throw new IOException("the database " + file + " could not be written: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the database was written", e);
        }
    }

    /** A few connections that cannot write; each sees what was committed when it began to read. */
    public DataSource readers() {
        return readers;
    }

    /** The database file. */
    public Path file() {
        return file;
    }

    /** The directory that it lies in, with everything else of this membership. */
    public Path directory() {
        return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file lies in a directory");
    }

    /** The copy of the older file that this start migrated, if it did. */
    public Optional<Path> copyBeforeMigration() {
        return copyBeforeMigration;
    }

    /** Writes a consistent copy to a file that is not there yet; works while the node runs. */
    public void backup(Path target) throws IOException {
        Connections.copy(file, target);
    }

    /**
     * Moves what was committed out of the WAL and truncates it, so that no file holds what a row no longer does.
     *
     * @throws VerificationException {@code busy} where somebody kept on reading the old pages
     */
    public void scrub() throws IOException, VerificationException {
        AtomicBoolean truncated = new AtomicBoolean();
        scrubs.add(truncated);
        write(connection -> true); // the hook behind its commit does it
        if (!truncated.get()) {
            throw new VerificationException(
                    Reason.BUSY,
                    "it is gone from the database, but readers kept older pages in " + file.getFileName()
                            + "-wal; they go when the node is stopped in order");
        }
    }

    /** Finishes what was submitted, then lets go of the directory. */
    @Override
    public void close() throws IOException {
        writer.close();
        readers.close();
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IOException("the database " + file + " could not be closed: " + e.getMessage(), e);
        } finally {
            lock.close();
        }
    }
}
