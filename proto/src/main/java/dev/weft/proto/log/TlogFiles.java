package dev.weft.proto.log;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.TilePath;
import java.util.Base64;
import java.util.List;

/**
 * A log as the files of C2SP tlog-tiles v0.1.0 and as proofs of C2SP tlog-proof, at one head. Partial tiles are made when
 * they are asked for, so none has to be kept. Safe for several threads as far as the store is.
 */
public final class TlogFiles {
    private static final String PROOF = "c2sp.org/tlog-proof@v1\n";

    private final LogView view;
    private final LogStore store;
    private final long size;

    /**
     * The files of one head.
     *
     * @param store the same log's; it has seen the commit behind the view
     * @param size of the tree that is served, at most the view's
     */
    public TlogFiles(LogView view, LogStore store, long size) {
        this.view = view.over(store);
        this.store = store;
        this.size = size;
    }

    /**
     * A tile or a bundle of entries.
     *
     * @param path {@code tile/...}, without a slash before it
     * @throws VerificationException {@link Reason#NOT_FOUND} where the log has no such file at this head
     */
    public ByteString tile(String path) throws VerificationException {
        TilePath tile = TilePath.parse(path);
        long end = tile.index() * TilePath.FULL + tile.width();
        if (tile.index() > size / TilePath.FULL || end > TilePath.count(tile.level(), size)) {
            throw new VerificationException(
                    Reason.NOT_FOUND, "The log has " + size + " entries and no " + path + " yet.");
        }
        return tile.level() == TilePath.ENTRIES ? bundle(tile) : view.tile(tile);
    }

    /** Number of entries that are served. */
    public long size() {
        return size;
    }

    /**
     * The entries from {@code first} on, at most {@code count}.
     *
     * @throws VerificationException {@link Reason#NOT_FOUND} where there is none at this head
     */
    public List<ByteString> entries(long first, int count) throws VerificationException {
        if (first < 0 || first >= size || count < 1) {
            throw new VerificationException(
                    Reason.NOT_FOUND, "The log has " + size + " entries and no entry " + first + " yet.");
        }
        return store.entries(first, (int) Math.min(count, size - first));
    }

    /** Each entry after its length in two bytes, big-endian. */
    private ByteString bundle(TilePath tile) {
        List<ByteString> entries = store.entries(tile.index() * TilePath.FULL, tile.width());
        ByteString.Output out = ByteString.newOutput();
        for (ByteString entry : entries) {
            out.write(entry.size() >>> 8);
            out.write(entry.size());
            out.write(entry.toByteArray(), 0, entry.size());
        }
        return out.toByteString();
    }

    /**
     * The proof that an entry is in the log, as one small text with the checkpoint.
     *
     * @param checkpoint signed note
     * @param covered its size, at most the one that is served
     * @throws VerificationException {@link Reason#NOT_FOUND} where the checkpoint does not cover the index
     */
    public ByteString proof(long index, ByteString checkpoint, long covered) throws VerificationException {
        if (index < 0 || index >= covered || covered > size) {
            throw new VerificationException(
                    Reason.NOT_FOUND, "The checkpoint of " + covered + " entries does not cover entry " + index + ".");
        }
        StringBuilder text =
                new StringBuilder(PROOF).append("index ").append(index).append('\n');
        for (Digest hash : view.inclusion(index, covered).path()) {
            text.append(Base64.getEncoder().encodeToString(hash.toByteArray())).append('\n');
        }
        return ByteString.copyFromUtf8(text.append('\n').toString()).concat(checkpoint);
    }
}
