package dev.weft.proto.log;

import com.google.protobuf.ByteString;
import dev.weft.proto.merkle.TreeHead;
import java.util.List;
import java.util.Optional;

/**
 * Where a log's bytes lie. Every call runs in the transaction that the caller holds open; nothing commits here. A
 * failing database is a {@link LogStoreException}. An instance belongs to one connection and one thread at a time.
 */
public interface LogStore {
    /** Number of entries stored; equals the head's size in an intact log. */
    long size();

    /** Adds entries at {@code firstIndex} and on; an index that is taken is a {@link LogStoreException}. */
    void append(long firstIndex, List<ByteString> entries);

    /** The entry at an index; one that is not stored is an IndexOutOfBoundsException. */
    ByteString entry(long index);

    /** Up to {@code count} entries from {@code first}, fewer at the log's end. */
    List<ByteString> entries(long first, int count);

    /** The 8,192 bytes of a full tile: 256 hashes of level {@code 8 * level}. */
    Optional<ByteString> tile(int level, long index);

    /** Stores a full tile; the same one again changes nothing. */
    void putTile(int level, long index, ByteString hashes);

    /** Moves the head from exactly {@code expected} to {@code next}; false if it stands elsewhere. */
    boolean compareAndSetHead(TreeHead expected, TreeHead next);

    /** The head last set; the empty one before any. */
    TreeHead head();
}
