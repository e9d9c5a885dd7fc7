package dev.weft.proto.bundle;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.note.WitnessPolicy;
import dev.weft.proto.standing.Continuations;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.EnvelopeOpener;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What genesis, or root's last continuation of the log, says of it: who signs its checkpoints, under which name. */
final class LogKeys {
    private LogKeys() {}

    static Standing genesis(ByteString envelope) throws VerificationException {
        return Standing.of(EnvelopeOpener.open(envelope));
    }

    /** As genesis and then each continuation says, each signed by every root key of genesis. */
    static Standing continued(ByteString genesis, List<ByteString> continuations) throws VerificationException {
        Standing standing = genesis(genesis);
        Continuations.apply(standing, continuations);
        return standing;
    }

    /** The checkpoint, signed by a key that the standing names. */
    static Checkpoint open(Standing standing, ByteString note) throws VerificationException {
        return Checkpoint.open(note, verifiers(standing));
    }

    static List<NoteVerifier> verifiers(Standing standing) {
        return standing.logVerifiers();
    }

    /** Every key, by name, that the entries give for lines below a checkpoint: the log's own, and those of the witnesses of root's policies. */
    static Set<NoteVerifier> named(Standing standing) {
        Set<NoteVerifier> named = new LinkedHashSet<>();
        for (NoteVerifier log : verifiers(standing)) {
            named.add(log);
            log.second().ifPresent(named::add);
        }
        standing.policies().forEach(stated -> named.addAll(WitnessPolicy.keys(stated.policy())));
        return named;
    }
}
