package dev.weft.aggregator.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteJDBCLoader;

/**
 * The file {@code aggregator.db}: WAL, {@code synchronous=FULL}, so that a commit that returned survives a crash of the
 * machine. One connection writes, used by one thread; readers come from a small pool and never block it.
 */
public final class AggregatorDatabase implements AutoCloseable {
    public static final String FILE = "aggregator.db";

    private static final int READERS = 4;
    /** In pages: the write-ahead log grows to 16 MB between check-points, since each one is felt by intake. */
    private static final int WAL_PAGES = 4_000;

    /** Negative: SQLite takes it as KiB. Holds the right edges of the tables, and where ways back and rounds stand. */
    private static final int CACHE_KIB = -16_000;

    private final Connection writer;
    private final HikariDataSource readers;

    private AggregatorDatabase(Connection writer, HikariDataSource readers) {
        this.writer = writer;
        this.readers = readers;
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
     * Opens the file in a directory whose lock the caller holds; creates it where it is absent. An older schema is
     * migrated after a copy beside it.
     *
     * @throws VerificationException {@link Reason#SCHEMA_NEWER} if a later version of the program wrote it
     */
    public static AggregatorDatabase open(Path directory) throws VerificationException, IOException, SQLException {
        return open(directory, "classpath:db/migration/sqlite");
    }

    static AggregatorDatabase open(Path directory, String... migrations)
            throws VerificationException, IOException, SQLException {
        Path file = directory.resolve(FILE);
        migrate(file, migrations);
        Connection writer = write(file);
        try {
            return new AggregatorDatabase(writer, pool(file));
        } catch (RuntimeException e) {
            writer.close();
            throw e;
        }
    }

    /** A connection that only reads, next to a running daemon, for the command line. */
    public static Connection read(Path directory) throws SQLException {
        return readFile(directory.resolve(FILE));
    }

    /** A connection that only reads, to a database of a backup. */
    public static Connection readFile(Path file) throws SQLException {
        return readOnly().createConnection(url(file));
    }

    /** One consistent state of the database as a new file, beside a running daemon. */
    public static void copy(Path directory, Path to) throws IOException, SQLException {
        copyFile(directory.resolve(FILE), to);
    }

    static void copyFile(Path file, Path to) throws IOException, SQLException {
        create(to);
        try (Connection connection = readOnly().createConnection(url(file));
                Statement statement = connection.createStatement()) {
            statement.execute("VACUUM INTO '" + to.toString().replace("'", "''") + "'");
        }
    }

    /** The one connection that writes; auto-commit is off. For one thread only. */
    public Connection writer() {
        return writer;
    }

    /** Connections that only read. */
    public DataSource readers() {
        return readers;
    }

    @Override
    public void close() throws SQLException {
        readers.close();
        writer.close();
    }

    /** An empty file for its owner alone; SQLite takes it for a new database, and gives its mode to the files beside it. */
    private static void create(Path file) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    /** As {@link #write} to another file of the directory, migrated likewise. */
    static Connection beside(Path file, String migrations) throws VerificationException, IOException, SQLException {
        migrate(file, migrations);
        SQLiteConfig config = settings();
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        Connection connection = config.createConnection(url(file));
        connection.setAutoCommit(false);
        return connection;
    }

    private static void migrate(Path file, String... migrations)
            throws VerificationException, IOException, SQLException {
        boolean fresh = !Files.exists(file);
        if (fresh) {
            create(file);
        }
        Flyway flyway = Flyway.configure()
                .dataSource(url(file), null, null)
                .locations(migrations)
                .load();
        Optional<MigrationVersion> newest = Arrays.stream(flyway.info().all())
                .filter(info -> info.getScript() != null && info.getState().isResolved())
                .map(MigrationInfo::getVersion)
                .max(Comparator.naturalOrder());
        MigrationInfo current = flyway.info().current();
        if (current != null && newest.isPresent() && current.getVersion().isNewerThan(newest.get())) {
            throw new VerificationException(
                    Reason.SCHEMA_NEWER,
                    file + " has schema " + current.getVersion() + ", this program knows " + newest.get()
                            + "; start the newer weft-aggregator");
        }
        if (flyway.info().pending().length == 0) {
            return;
        }
        if (!fresh && current != null) {
            copyBeforeMigration(file, file.resolveSibling(file.getFileName() + ".v" + current.getVersion()));
        }
        flyway.migrate();
    }

    private static void copyBeforeMigration(Path file, Path to) throws IOException, SQLException {
        if (!Files.exists(to)) {
            create(to);
        }
        try (Connection connection = DriverManager.getConnection(url(file));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("backup to '" + to.toString().replace("'", "''") + "'");
        }
    }

    private static Connection write(Path file) throws SQLException {
        SQLiteConfig config = settings();
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        Connection connection = config.createConnection(url(file));
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA wal_autocheckpoint = " + WAL_PAGES);
            statement.execute("PRAGMA cache_size = " + CACHE_KIB);
        }
        connection.setAutoCommit(false);
        return connection;
    }

    private static HikariDataSource pool(Path file) {
        SQLiteDataSource source = new SQLiteDataSource(readOnly());
        source.setUrl(url(file));
        HikariConfig pool = new HikariConfig();
        pool.setDataSource(source);
        pool.setPoolName("weft-read");
        pool.setReadOnly(true); // as the connections are: the pool would try to change it otherwise
        pool.setMaximumPoolSize(READERS);
        pool.setMinimumIdle(1);
        return new HikariDataSource(pool);
    }

    /** Takes the journal as it finds it: to ask for another would be a write. */
    private static SQLiteConfig readOnly() {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(5_000);
        return config;
    }

    private static SQLiteConfig settings() {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.enforceForeignKeys(true);
        config.setBusyTimeout(5_000);
        // The driver would ask for the last row id, by a statement prepared anew, after every single insert.
        config.setGetGeneratedKeys(false);
        return config;
    }

    private static String url(Path file) {
        return "jdbc:sqlite:" + file;
    }
}
