package dev.weft.node.witness;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.merkle.TreeHead;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What this node's own copy of the log says, in words, of what somebody else was shown. A contradiction is kept as a fork.
 * On the witness's thread.
 */
final class Comparison {
    private final SharedLog sharedLog;
    private final @Nullable Mirror copy;

    Comparison(SharedLog sharedLog, @Nullable Mirror copy) {
        this.sharedLog = sharedLog;
        this.copy = copy;
    }

    /** Of a statement as it was signed: a second one for its place proves against its author. */
    String statement(ByteString envelope) throws VerificationException, SQLException {
        if (copy == null || copy.verified().isEmpty()) {
            return "not decided: this node keeps no copy of the log";
        }
        return copy.compare(envelope, note(copy.verified()));
    }

    /** Of a signed checkpoint. */
    String checkpoint(ByteString note) throws VerificationException {
        TreeHead others = sharedLog.opened(note);
        Optional<HeldCheckpoint> known = sharedLog
                .noteAt(others.size())
                .flatMap(mine -> sharedLog.headAt(others.size()).map(head -> new HeldCheckpoint(head, mine)));
        if (known.isPresent() && known.get().head().equals(others)) {
            return "the same log: this node has verified that very checkpoint";
        }
        if (known.isPresent()) {
            // Two signed notes of one size: judged as if the aggregator had shown the second one itself.
            sharedLog.offered(note, known, List.of());
        }
        if (copy == null || others.size() > copy.verified().size() || others.isEmpty()) {
            return "not decided: size " + others.size() + " lies beyond what this node has copied; ask again later, or"
                    + " give that member this node's own checkpoint";
        }
        TreeHead here = copy.headAt(others.size());
        if (here.equals(others)) {
            return "the same log: its first " + others.size() + " entries here give the root that was shown there";
        }
        TreeHead mine = copy.verified();
        ByteString own = note(mine);
        throw sharedLog.contradicted(
                new HeldCheckpoint(mine, own),
                new HeldCheckpoint(others, note),
                here.root(),
                copy.consistency(others.size(), mine.size()));
    }

    private ByteString note(TreeHead verified) throws VerificationException {
        return sharedLog
                .noteAt(verified.size())
                .orElseThrow(() -> new VerificationException(
                        Reason.UNAVAILABLE, "This node's own checkpoint is on its way; ask again in a moment."));
    }
}
