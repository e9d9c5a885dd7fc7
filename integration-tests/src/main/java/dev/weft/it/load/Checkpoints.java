package dev.weft.it.load;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.VerifyingKey;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.NoteVerifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Verifies each distinct note once, whichever member it came to. */
final class Checkpoints {
    private static final int KEPT = 256;

    private final List<NoteVerifier> keys;
    private final LongAdder distinct = new LongAdder();
    private final Map<ByteString, TreeHead> verified = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteString, TreeHead> eldest) {
            return size() > KEPT;
        }
    };

    Checkpoints(String origin, List<VerifyingKey> keys) {
        this.keys = keys.stream().map(key -> NoteVerifier.ed25519(origin, key)).toList();
    }

    synchronized TreeHead verify(ByteString note) throws VerificationException {
        TreeHead known = verified.get(note);
        if (known == null) {
            known = Checkpoint.open(note, keys).head();
            verified.put(note, known);
            distinct.increment();
        }
        return known;
    }

    long distinct() {
        return distinct.sum();
    }
}
