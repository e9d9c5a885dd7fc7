package dev.weft.aggregator.recover;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.merkle.TilePath;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Note;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A log as C2SP tlog-tiles: {@code checkpoint} and bundles of 256 entries, each a big-endian u16 length and the bytes. */
final class TilesSource implements EntrySource {
    /** A file of the layout by its path; empty where there is none. */
    interface Files {
        Optional<ByteString> read(String path) throws IOException;
    }

    private final String name;
    private final Files files;

    TilesSource(String name, Files files) {
        this.name = name;
        this.files = files;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<ByteString> checkpoint() throws IOException {
        return files.read("checkpoint");
    }

    @Override
    public List<ByteString> entries(long first, long end) throws IOException, VerificationException {
        List<ByteString> found = bundle(first, TilePath.FULL);
        if (found.isEmpty() && end / TilePath.FULL == first / TilePath.FULL) {
            found = bundle(first, (int) (end % TilePath.FULL));
        }
        long size = found.isEmpty() ? size() : 0;
        return found.isEmpty() && size / TilePath.FULL == first / TilePath.FULL
                ? bundle(first, (int) (size % TilePath.FULL))
                : found;
    }

    /** From {@code first} to the end of its bundle, which holds that many; none where there is no such bundle. */
    private List<ByteString> bundle(long first, int width) throws IOException, VerificationException {
        int skip = (int) (first % TilePath.FULL);
        if (width <= skip) {
            return List.of();
        }
        Optional<ByteString> bytes = files.read(new TilePath(TilePath.ENTRIES, first / TilePath.FULL, width).path());
        return bytes.isEmpty() ? List.of() : split(bytes.get(), width).subList(skip, width);
    }

    /** Only it knows how wide its last bundle is. */
    private long size() throws IOException, VerificationException {
        Optional<ByteString> note = checkpoint();
        return note.isEmpty()
                ? 0
                : Checkpoint.parse(Note.parse(note.get()).text()).head().size();
    }

    private List<ByteString> split(ByteString bundle, int width) throws VerificationException {
        List<ByteString> entries = new ArrayList<>(width);
        int at = 0;
        while (at + 2 <= bundle.size() && entries.size() < width) {
            int length = ((bundle.byteAt(at) & 0xff) << 8) | (bundle.byteAt(at + 1) & 0xff);
            if (at + 2 + length > bundle.size()) {
                break;
            }
            entries.add(bundle.substring(at + 2, at + 2 + length));
            at += 2 + length;
        }
        if (entries.size() != width || at != bundle.size()) {
            throw new VerificationException(
                    Reason.MALFORMED, name + " has a bundle of entries that is not " + width + " of them.");
        }
        return entries;
    }

    @Override
    public void close() {
        // Each read opens and closes its file.
    }
}
