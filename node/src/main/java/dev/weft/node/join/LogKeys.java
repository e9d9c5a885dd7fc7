package dev.weft.node.join;

import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.standing.Standing;
import java.util.List;

/** The verifiers of a federation's checkpoints: the log's origin is the name of its keys. */
final class LogKeys {

    private LogKeys() {}

    static List<NoteVerifier> of(Standing standing) {
        return standing.logKeys().stream()
                .map(key -> NoteVerifier.ed25519(standing.origin(), key))
                .toList();
    }
}
