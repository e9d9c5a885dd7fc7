package dev.weft.node.record;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** The committed records of the site, for whoever at the site may read them. */
public final class RecordStore {

    private final DataSource readers;

    /** Over connections that only read. */
    public RecordStore(DataSource readers) {
        this.readers = readers;
    }

    /** The record of that id. */
    public Optional<StoredRecord> find(long id) throws SQLException {
        try (Connection connection = readers.getConnection()) {
            return RecordQuery.find(connection, id);
        }
    }

    /** What a person wrote to name a record: its id, an external id, or a digest string. */
    public Optional<StoredRecord> resolve(String text) throws SQLException {
        try (Connection connection = readers.getConnection()) {
            return RecordQuery.resolve(connection, text);
        }
    }

    /** Up to {@code limit} records above an id (-1: from the first), in order, of one kind where one is given. */
    public List<StoredRecord> list(Optional<Kind> kind, long after, int limit) throws SQLException {
        try (Connection connection = readers.getConnection()) {
            return RecordQuery.list(connection, kind, after, limit);
        }
    }

    /** Walks from a record at most {@code depth} links far (0: as far as it goes). */
    public LocalLineage lineage(StoredRecord start, Direction direction, int depth) throws SQLException {
        try (Connection connection = readers.getConnection()) {
            return RecordQuery.walk(connection, start, direction, depth);
        }
    }

    /** How many records there are. */
    public long count() throws SQLException {
        try (Connection connection = readers.getConnection()) {
            return RecordQuery.count(connection);
        }
    }

    /** Bytes of the database that holds the records, their salts and the site's log. */
    public long bytes() throws SQLException {
        try (Connection connection = readers.getConnection()) {
            return RecordQuery.bytes(connection);
        }
    }
}
