package dev.weft.node.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;

/** How connections to the file are set up: one that writes, and a few that cannot. */
final class Connections {

    private static final int BUSY_MILLIS = 5_000;
    private static final int READERS = 4;
    /** Pages between checkpoints of the WAL: 16 MiB, so that a group commit rarely waits for one. */
    private static final int CHECKPOINT_PAGES = 4_000;

    private Connections() {}

    static String url(Path file) {
        return "jdbc:sqlite:" + file.toAbsolutePath();
    }

    static void createPrivate(Path file) throws IOException {
        if (Files.exists(file)) {
            return;
        }
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(file);
        }
    }

    static Connection writer(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(JournalMode.WAL);
        config.setSynchronous(SynchronousMode.FULL);
        config.enforceForeignKeys(true);
        config.setBusyTimeout(BUSY_MILLIS);
        config.setTransactionMode(TransactionMode.IMMEDIATE);
        // Otherwise the driver prepares and runs a SELECT of the row id after every insert, which nobody asks for.
        config.setGetGeneratedKeys(false);
        Connection writer = DriverManager.getConnection(url(file), config.toProperties());
        try (var pragma = writer.createStatement()) {
            pragma.execute("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
            pragma.execute("PRAGMA secure_delete = ON"); // what is erased is overwritten with zeros
            pragma.execute("PRAGMA cache_size = -8000"); // KiB
        }
        return writer;
    }

    static Connection reader(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(BUSY_MILLIS);
        return DriverManager.getConnection(url(file), config.toProperties());
    }

    /**
     * As {@link #writer}, for what can be fetched again: survives the end of the process, and may lose its last
     * transactions, never their order, when the machine loses power.
     */
    static Connection replaceable(Path file) throws SQLException {
        Connection writer = writer(file);
        try (var pragma = writer.createStatement()) {
            pragma.execute("PRAGMA synchronous = NORMAL");
            pragma.execute("PRAGMA secure_delete = OFF"); // nothing in it is this site's secret
        }
        writer.setAutoCommit(false);
        return writer;
    }

    static HikariDataSource readers(Path file) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("node-db-readers");
        config.setJdbcUrl(url(file));
        config.addDataSourceProperty("busy_timeout", Integer.toString(BUSY_MILLIS));
        config.setConnectionInitSql("PRAGMA query_only = ON");
        config.setMaximumPoolSize(READERS);
        config.setMinimumIdle(1);
        return new HikariDataSource(config);
    }

    /**
     * On the writer's connection, after a commit: the driver keeps a transaction open on it, beside which nobody else can
     * truncate. Waits for readers of old pages as long as any connection waits for another; false where they stay.
     */
    static boolean truncateWal(Connection writer) throws SQLException {
        writer.setAutoCommit(true);
        try (Statement pragma = writer.createStatement();
                ResultSet row = pragma.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
            return row.next() && row.getInt(1) == 0;
        } finally {
            writer.setAutoCommit(false);
        }
    }

    /** A consistent copy, on disk when this returns, also while others write. */
    static void copy(Path file, Path target) throws IOException {
        createPrivate(target); // VACUUM INTO takes an empty file as it is, with its permissions
        try (Connection connection = DriverManager.getConnection(url(file));
                PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
            vacuum.setString(1, target.toAbsolutePath().toString());
            vacuum.execute();
        } catch (SQLException e) {
            throw new IOException("could not copy the database to " + target + ": " + e.getMessage(), e);
        }
        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }
}
