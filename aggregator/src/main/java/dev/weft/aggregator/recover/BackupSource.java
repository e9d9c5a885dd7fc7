package dev.weft.aggregator.recover;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.db.AggregatorDatabase;
import dev.weft.aggregator.db.FederationStore;
import dev.weft.proto.log.JdbcLogStore;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The database of a backup, opened for reading. It keeps no signed head. */
final class BackupSource implements EntrySource {
    private static final int AT_ONCE = 1_024;

    private final Path file;
    private final Connection connection;
    private final JdbcLogStore store;

    BackupSource(Path file) throws SQLException, IOException {
        this.file = file;
        this.connection = AggregatorDatabase.readFile(file);
        try {
            long key = FederationStore.first(connection)
                    .map(FederationStore.Federation::key)
                    .orElseThrow(() -> new IOException(file + " names no federation"));
            this.store = new JdbcLogStore(connection, key);
        } catch (SQLException | IOException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return file.toString();
    }

    @Override
    public Optional<ByteString> checkpoint() {
        return Optional.empty();
    }

    @Override
    public List<ByteString> entries(long first, long end) {
        return store.entries(first, AT_ONCE);
    }

    @Override
    public void close() {
        store.close();
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException(file + " cannot be closed", e);
        }
    }
}
