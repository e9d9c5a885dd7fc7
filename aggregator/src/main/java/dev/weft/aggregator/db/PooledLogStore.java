package dev.weft.aggregator.db;

import com.google.protobuf.ByteString;
import dev.weft.proto.log.JdbcLogStore;
import dev.weft.proto.log.LogStore;
import dev.weft.proto.log.LogStoreException;
import dev.weft.proto.merkle.TreeHead;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;

/** The log for readers on any thread: each call borrows a connection. Writes nothing. */
public final class PooledLogStore implements LogStore {
    private final DataSource readers;
    private final long log;

    public PooledLogStore(DataSource readers, long log) {
        this.readers = readers;
        this.log = log;
    }

    @Override
    public long size() {
        return read(LogStore::size);
    }

    @Override
    public ByteString entry(long index) {
        return read(store -> store.entry(index));
    }

    @Override
    public List<ByteString> entries(long first, int count) {
        return read(store -> store.entries(first, count));
    }

    @Override
    public Optional<ByteString> tile(int level, long index) {
        return read(store -> store.tile(level, index));
    }

    @Override
    public TreeHead head() {
        return read(LogStore::head);
    }

    @Override
    public void append(long firstIndex, List<ByteString> entries) {
        throw new UnsupportedOperationException("readers do not write");
    }

    @Override
    public void putTile(int level, long index, ByteString hashes) {
        throw new UnsupportedOperationException("readers do not write");
    }

    @Override
    public boolean compareAndSetHead(TreeHead expected, TreeHead next) {
        throw new UnsupportedOperationException("readers do not write");
    }

    private <T> T read(Function<LogStore, T> reading) {
        try (Connection connection = readers.getConnection();
                JdbcLogStore store = new JdbcLogStore(connection, log)) {
            return reading.apply(store);
        } catch (SQLException e) {
            throw new LogStoreException("Reading the log", e);
        }
    }
}
