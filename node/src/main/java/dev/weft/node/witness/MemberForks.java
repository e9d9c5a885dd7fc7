package dev.weft.node.witness;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.bundle.ForkProof;
import dev.weft.proto.bundle.ForkProofWriter;
import dev.weft.proto.bundle.LogEntries;
import dev.weft.proto.bundle.ShownLog;
import dev.weft.proto.statement.EnvelopeOpener;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Shows what a member said twice, where its signatures do. A mirror does not check them; the file's verification does. */
final class MemberForks {
    private final ForkFolder folder;

    MemberForks(ForkFolder folder) {
        this.folder = folder;
    }

    /**
     * What became of a contradiction.
     *
     * @param sentence what is proved, or why nothing is
     * @param file with the proof
     */
    record Kept(String sentence, Optional<Path> file) {}

    /** Proves it by two entries of the log. */
    Kept keep(Turns.Contradiction contradiction, ShownLog log) {
        Said now = contradiction.now();
        try {
            ByteString second = log.entries().entries(now.index(), 1).get(0);
            if (!now.isBehind(contradiction.before())) {
                return kept(
                        "site",
                        now,
                        ForkProofWriter.site(log, contradiction.before().index(), second, ByteString.EMPTY, List.of()));
            }
            return kept("equivocation", now, ForkProofWriter.equivocation(log, turn(now, log.entries()), second));
        } catch (VerificationException e) {
            return new Kept(
                    "'" + now.author() + "' is accused by nobody: " + e.getMessage()
                            + " So it is the log that breaks its rules.",
                    Optional.empty());
        }
    }

    private Kept kept(String kind, Said said, ForkProof proof) throws VerificationException {
        String name = kind + "-" + said.author() + "-" + said.incarnation() + "-" + said.seq();
        return new Kept(proof.verify().sentence(), folder.keep(name, proof));
    }

    /** Proves it by an entry of the log, and a statement that was shown elsewhere. */
    Path keep(Said said, long first, ByteString second, ShownLog log) throws VerificationException {
        return kept("equivocation", said, ForkProofWriter.equivocation(log, first, second))
                .file()
                .orElseThrow(() -> new VerificationException(
                        Reason.DISK_FULL, "The proof cannot be written; make room and compare again."));
    }

    /** The entry below the index that took the turn first; the index itself where none did. */
    static long turn(Said again, LogEntries entries) throws VerificationException {
        for (long at = 1; at < again.index(); ) {
            for (ByteString entry : entries.entries(at, (int) Math.min(LogEntries.MAX, again.index() - at))) {
                Said said = Said.of(at, EnvelopeOpener.open(entry));
                if (said.author().equals(again.author())
                        && said.incarnation() == again.incarnation()
                        && said.seq() == again.seq()) {
                    return at;
                }
                at++;
            }
        }
        return again.index();
    }
}
