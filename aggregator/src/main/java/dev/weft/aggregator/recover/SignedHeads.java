package dev.weft.aggregator.recover;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.VerifyingKey;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Note;
import dev.weft.proto.note.NoteVerifier;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** The heads that a log's own key is known to have signed, by what others kept of it. */
public final class SignedHeads {
    private SignedHeads() {}

    /**
     * The largest first.
     *
     * @param notes signed notes that the operator has, beside those of the sources
     * @throws VerificationException {@link Reason#UNSIGNED_CHECKPOINT} where there is none, {@link Reason#FORK} where two
     *     of one size differ
     */
    public static List<TreeHead> of(List<EntrySource> sources, List<ByteString> notes, VerifyingKey key)
            throws VerificationException, IOException {
        List<ByteString> all = new ArrayList<>(notes);
        for (EntrySource source : sources) {
            source.checkpoint().ifPresent(all::add);
        }
        TreeMap<Long, TreeHead> heads = new TreeMap<>(Comparator.reverseOrder());
        for (ByteString note : all) {
            String origin = Checkpoint.parse(Note.parse(note).text()).origin();
            TreeHead head =
                    Checkpoint.open(note, NoteVerifier.ed25519(origin, key)).head();
            TreeHead other = heads.putIfAbsent(head.size(), head);
            if (other != null && !other.equals(head)) {
                throw new VerificationException(
                        Reason.FORK,
                        "The log's key signed two roots for size " + head.size() + ", " + other.root() + " and "
                                + head.root() + ": keep both notes and call the members before anything goes on.");
            }
        }
        if (heads.isEmpty()) {
            throw new VerificationException(
                    Reason.UNSIGNED_CHECKPOINT,
                    "No source has a checkpoint that this log's key signed: name members' mirrors with --from, or a"
                            + " checkpoint with --checkpoint.");
        }
        return List.copyOf(heads.values());
    }
}
