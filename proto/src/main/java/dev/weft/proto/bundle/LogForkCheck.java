package dev.weft.proto.bundle;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.v1.LogFork;
import java.util.ArrayList;
import java.util.List;

/** Two checkpoints of the shared log. */
final class LogForkCheck {
    private LogForkCheck() {}

    static ForkVerdict verify(ByteString genesis, LogFork fork) throws VerificationException {
        Standing standing = LogKeys.founded(genesis, fork);
        Checkpoint smaller = LogKeys.open(standing, fork.getSmaller());
        Checkpoint larger = LogKeys.open(standing, fork.getLarger());
        String how =
                Contradiction.require("checkpoint", smaller.head(), larger.head(), fork.getRoot(), fork.getPathList());
        String origin = standing.origin();
        return new ForkVerdict(
                "log-fork",
                standing.federation(),
                standing.name(),
                "log " + origin,
                "A key that signs the log " + origin + " signed two histories: no single append-only log has both.",
                List.of(
                        "One checkpoint says size " + smaller.head().size() + ", root "
                                + smaller.head().root() + ".",
                        "The other says size " + larger.head().size() + ", root "
                                + larger.head().root() + ".",
                        how),
                notProven(standing));
    }

    private static List<String> notProven(Standing standing) {
        List<String> open = new ArrayList<>(List.of(
                "Which of the two histories was told first, to whom, and why.",
                "Whether the log's operator signed, or somebody who got hold of the log's key."));
        if (standing.requirement().isEmpty()) {
            open.add(
                    "That root had not required second signatures by then, without which a checkpoint is not the log's word;"
                            + " this file shows no such statement. Whoever holds the log can look.");
        }
        return open;
    }
}
