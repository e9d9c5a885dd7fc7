package dev.weft.proto.log;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.merkle.ConsistencyProof;
import dev.weft.proto.merkle.Frontier;
import dev.weft.proto.merkle.HashReader;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An RFC 6962 log over a {@link LogStore}: appends, knows its head, proves. The one writer's; readers elsewhere take a
 * {@link #view}. Runs in the caller's transactions and never commits: what {@link #append} returned holds once the caller
 * has committed, and the caller says {@link #rolledBack} if it has not.
 */
public final class TransparencyLog {
    private static final int CHUNK = 1024;

    private final LogStore store;
    private final TileCache tiles = new TileCache();
    private RightEdge edge;
    private TreeHead head;
    /** What the last {@link #recomputeFromStore} came to, so that the next one goes on from there. */
    private @Nullable Frontier recomputed;

    private TransparencyLog(LogStore store, RightEdge edge, TreeHead head) {
        this.store = store;
        this.edge = edge;
        this.head = head;
    }

    /**
     * Opens the log: rebuilds the right edge from stored entries and tiles and compares what comes out with the stored
     * head. Fails with LOG_CORRUPT where they differ; then nothing may be appended or signed.
     */
    public static TransparencyLog open(LogStore store) throws VerificationException {
        TreeHead stored = store.head();
        if (store.size() > stored.size()) {
            throw RightEdge.corrupt("it holds " + store.size() + " entries, its head says " + stored.size());
        }
        return new TransparencyLog(store, edge(store, stored), stored);
    }

    /** As {@link #open}, for reading only and at any size whose head is known, on a connection of its own. */
    public static LogView view(LogStore store, TreeHead head) throws VerificationException {
        return new LogView(store, head, edge(store, head), new TileCache());
    }

    private static RightEdge edge(LogStore store, TreeHead expected) throws VerificationException {
        if (store.size() < expected.size()) {
            throw RightEdge.corrupt("it holds " + store.size() + " entries, its head says " + expected.size());
        }
        RightEdge edge = RightEdge.read(store, expected.size());
        if (!edge.head().equals(expected)) {
            throw RightEdge.corrupt("entries and tiles give another root than its head at size " + expected.size());
        }
        return edge;
    }

    /**
     * Appends the entries inside the caller's transaction: entries, tiles that became full, and the head by
     * compare-and-set. A head that somebody else moved is an IllegalStateException: roll back and stop.
     */
    public TreeHead append(List<ByteString> entries) {
        if (entries.isEmpty()) {
            return head;
        }
        store.append(head.size(), entries);
        for (ByteString entry : entries) {
            edge.append(MerkleMath.leafHash(entry), store);
        }
        TreeHead next = edge.head();
        if (!store.compareAndSetHead(head, next)) {
            throw new IllegalStateException("Another writer moved the log's head; only one may write");
        }
        head = next;
        return next;
    }

    /**
     * After a rollback, of a savepoint or a whole transaction: takes up the state that the store has now. Cheap where
     * nothing of this log was undone.
     */
    public void rolledBack() {
        TreeHead stored = store.head();
        if (stored.equals(head) && edge.size() == head.size()) {
            return;
        }
        tiles.clear();
        recomputed = null;
        try {
            edge = edge(store, stored);
        } catch (VerificationException e) {
            throw new IllegalStateException("The log is corrupt after a rollback", e);
        }
        head = stored;
    }

    /** The head after the last append, committed or not. */
    public TreeHead head() {
        return head;
    }

    /** The log as it is now, not changing with later appends. */
    public LogView view() {
        return new LogView(store, head, edge.copy(), tiles);
    }

    /** Hashes of the log as it is, on the writer's thread; follows appends. */
    public HashReader reader() {
        return (level, index) -> live().hash(level, index);
    }

    /** Proof that the tree of {@code size} holds the leaf at {@code index}. */
    public InclusionProof inclusion(long index, long size) {
        return live().inclusion(index, size);
    }

    /** Proof that the tree of {@code newSize} begins with the tree of {@code oldSize}. */
    public ConsistencyProof consistency(long oldSize, long newSize) {
        return live().consistency(oldSize, newSize);
    }

    /**
     * The head that the persisted bytes give: reads the entries from {@code first} to the stored size back and hashes them
     * on another path than {@link #append}. Where {@code first} is where the last call ended, it goes on from that call's
     * result; else the tree up to {@code first} is rebuilt from the stored tiles. To be compared with {@link #head} before
     * a head is signed.
     */
    public TreeHead recomputeFromStore(long first) throws VerificationException {
        Frontier frontier = recomputed != null && recomputed.size() == first ? recomputed : stored(first);
        long size = store.head().size();
        while (frontier.size() < size) {
            List<ByteString> entries = store.entries(frontier.size(), (int) Math.min(CHUNK, size - frontier.size()));
            if (entries.isEmpty()) {
                throw RightEdge.corrupt("entry " + frontier.size() + " is missing");
            }
            for (ByteString entry : entries) {
                frontier.append(MerkleMath.leafHash(entry));
            }
        }
        recomputed = frontier;
        return frontier.head();
    }

    private Frontier stored(long size) throws VerificationException {
        RightEdge read = RightEdge.read(store, size);
        return Frontier.from(read::hash, size);
    }

    private LogView live() {
        return new LogView(store, head, edge, tiles);
    }
}
