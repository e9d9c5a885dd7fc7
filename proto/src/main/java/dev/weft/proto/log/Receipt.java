package dev.weft.proto.log;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.NoteVerifier;
import java.util.Collection;
import java.util.List;

/**
 * That an entry is durable in the log: its index, and the proof that a signed checkpoint covers it.
 *
 * @param index of the entry
 * @param inclusion from the entry to the checkpoint's root
 * @param checkpoint the signed note
 */
public record Receipt(long index, InclusionProof inclusion, ByteString checkpoint) {
    /** Fails unless the checkpoint is one of these keys' and holds exactly this envelope at the index. */
    public Checkpoint verify(ByteString envelope, Collection<NoteVerifier> log) throws VerificationException {
        Checkpoint opened = Checkpoint.open(checkpoint, log);
        if (inclusion.index() != index) {
            throw new VerificationException(
                    Reason.BAD_INCLUSION_PROOF,
                    "The receipt is for index " + index + ", its proof for " + inclusion.index()
                            + "; ask for it anew.");
        }
        inclusion.verify(MerkleMath.leafHash(envelope), opened.head());
        return opened;
    }

    /** As {@link #verify(ByteString, Collection)}. */
    public Checkpoint verify(ByteString envelope, NoteVerifier log) throws VerificationException {
        return verify(envelope, List.of(log));
    }
}
