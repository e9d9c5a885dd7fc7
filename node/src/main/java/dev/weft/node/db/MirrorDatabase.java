package dev.weft.node.db;

import com.zaxxer.hikari.HikariDataSource;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The file with the copy of the shared log, beside the node's own: another one, so that recording never waits for what the
 * aggregator sends, and so that a backup of the site does not carry the federation's log. It may be deleted while the node
 * is stopped; the copy is then made anew.
 */
public final class MirrorDatabase implements AutoCloseable {
    private static final String FILE = "mirror.db";

    private final Path file;
    private final Connection writer;
    private final HikariDataSource readers;

    private MirrorDatabase(Path file) throws SQLException {
        this.file = file;
        this.writer = Connections.replaceable(file);
        this.readers = Connections.readers(file);
    }

    /**
     * Opens the file in a directory that {@link NodeDatabase} holds, and makes it where there is none.
     *
     * @throws VerificationException {@code schema-newer} where a newer program wrote the file
     */
    public static MirrorDatabase open(Path directory) throws IOException, VerificationException {
        Path file = directory.resolve(FILE);
        try {
            Connections.createPrivate(file);
            Optional<Path> unused = new Schema(file, java.util.List.of("classpath:db/mirror")).bringUpToDate();
            return new MirrorDatabase(file);
        } catch (SQLException e) {
            throw new IOException(
                    "the copy of the shared log in " + directory + " could not be opened: " + e.getMessage()
                            + "; it may be deleted, and is then made anew",
                    e);
        }
    }

    /** The one connection that writes; for one thread, in transactions. */
    public Connection writer() {
        return writer;
    }

    /** Connections that only read. */
    public DataSource readers() {
        return readers;
    }

    /** The file itself. */
    public Path file() {
        return file;
    }

    @Override
    public void close() throws SQLException {
        readers.close();
        writer.close();
    }
}
