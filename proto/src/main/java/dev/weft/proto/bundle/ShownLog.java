package dev.weft.proto.bundle;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.merkle.HashReader;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Note;
import dev.weft.proto.v1.ProvenEntry;
import java.util.List;

/**
 * A log, as far as a fork proof shows it. Nothing is believed of it: what is written from it is verified afterwards.
 *
 * @param note signed checkpoint
 * @param size that the note says
 * @param hashes of the log, up to that size at least
 * @param entries of the log
 * @param standing indexes below the size, ascending, of all entries that give, change or end anybody's keys or standing, or
 *     by which the log went on; entry 0 is the first
 */
public record ShownLog(ByteString note, long size, HashReader hashes, LogEntries entries, List<Long> standing) {
    /** Leaves out what lies above the size. */
    public ShownLog {
        long end = size;
        standing = standing.stream().filter(index -> index < end).toList();
    }

    /** At a signed note. */
    public static ShownLog at(ByteString note, HashReader hashes, LogEntries entries, List<Long> standing)
            throws VerificationException {
        long size = Checkpoint.parse(Note.parse(note).text()).head().size();
        return new ShownLog(note, size, hashes, entries, standing);
    }

    ByteString entry(long index) throws VerificationException {
        return entries.entries(index, 1).get(0);
    }

    ProvenEntry proven(long index, ByteString envelope) {
        return ProvenEntry.newBuilder()
                .setIndex(index)
                .setEnvelope(envelope)
                .addAllInclusion(InclusionProof.prove(hashes, index, size).toProto())
                .build();
    }
}
