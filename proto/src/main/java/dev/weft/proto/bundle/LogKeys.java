package dev.weft.proto.bundle;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.note.WitnessPolicy;
import dev.weft.proto.standing.Continuations;
import dev.weft.proto.standing.FoundingEntry;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.LogFork;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What genesis, or root's last continuation of the log, says of it: who signs its checkpoints, under which name. */
final class LogKeys {
    private LogKeys() {}

    static Standing genesis(ByteString envelope) throws VerificationException {
        return Standing.of(EnvelopeOpener.open(envelope));
    }

    /**
     * As genesis says, then each continuation that the file shows, and the requirement of second signatures, which stands before
     * the first continuation that keeps it. Where it is shown, every checkpoint needs both signatures: it is below them all.
     */
    static Standing founded(ByteString genesis, LogFork fork) throws VerificationException {
        Standing standing = genesis(genesis);
        boolean required = fork.getRequirement().isEmpty();
        for (ByteString continuation : fork.getContinuationsList()) {
            if (!required && Continuations.requiresSecond(continuation)) {
                require(standing, fork.getRequirement());
                required = true;
            }
            Continuations.apply(standing, List.of(continuation));
        }
        if (!required) {
            require(standing, fork.getRequirement());
        }
        return standing;
    }

    private static void require(Standing standing, ByteString requirement) throws VerificationException {
        boolean requires =
                EnvelopeOpener.open(requirement).statement().predicate().orElse(null) instanceof Key key
                        && key.hasRequire()
                        && key.getHeader()
                                .getFederation()
                                .equals(standing.federation().toByteString());
        if (!requires) {
            throw new VerificationException(
                    Reason.PROTOCOL, "The entry shown as one that requires second signatures here requires none.");
        }
        FoundingEntry.apply(standing, List.of(new FoundingEntry(0, requirement)));
    }

    /** The checkpoint, signed by a key that the standing names. */
    static Checkpoint open(Standing standing, ByteString note) throws VerificationException {
        return Checkpoint.open(note, verifiers(standing));
    }

    static List<NoteVerifier> verifiers(Standing standing) {
        return standing.logVerifiers();
    }

    /** The log's own keys, first and second ones. */
    static Set<NoteVerifier> own(Standing standing) {
        Set<NoteVerifier> own = new LinkedHashSet<>();
        for (NoteVerifier log : verifiers(standing)) {
            own.add(log);
            log.second().ifPresent(own::add);
        }
        return own;
    }

    /** Every key, by name, that the entries give for lines below a checkpoint: the log's own, and those of the witnesses of root's policies. */
    static Set<NoteVerifier> named(Standing standing) {
        Set<NoteVerifier> named = own(standing);
        standing.policies().forEach(stated -> named.addAll(WitnessPolicy.keys(stated.policy())));
        return named;
    }
}
