package dev.weft.node.witness;

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

/** The copy of the shared log for readers on any thread: each call borrows a connection. Writes nothing. */
final class PooledMirror implements LogStore {
    private final DataSource readers;

    PooledMirror(DataSource readers) {
        this.readers = readers;
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
                JdbcLogStore store = new JdbcLogStore(connection, 0)) {
            return reading.apply(store);
        } catch (SQLException e) {
            throw new LogStoreException("Reading the copy of the log", e);
        }
    }
}
