package dev.weft.node.telemetry;

import dev.weft.proto.merkle.TreeHead;
import java.util.Locale;

/** Something that honest peers on sound disks do not cause. */
public sealed interface SecurityEvent {
    /** What happened and what to do, in one line. */
    String sentence();

    /** Stable name for metrics and status, for example {@code log-forked}. */
    default String type() {
        return getClass().getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    /** Two checkpoints with a valid signature of the log that no one log can have. */
    record LogForked(TreeHead held, TreeHead offered) implements SecurityEvent {
        @Override
        public String sentence() {
            return "the shared log's key signed two histories: size " + held.size() + " with root " + held.root()
                    + " and size " + offered.size() + " with root " + offered.root()
                    + "; nothing of this log is believed any more. Keep this directory and call the other members";
        }
    }

    /** A checkpoint without a valid signature, or without proof that it extends the one held. */
    record CheckpointRefused(String reason, String detail) implements SecurityEvent {
        @Override
        public String sentence() {
            return "a checkpoint of the aggregator was not believed (" + reason + "): " + detail;
        }
    }

    /** A receipt whose proof does not lead to a verified checkpoint. */
    record ReceiptRefused(long seq, String reason, String detail) implements SecurityEvent {
        @Override
        public String sentence() {
            return "the receipt for statement " + seq + " was not believed (" + reason + "): " + detail;
        }
    }

    /** The aggregator expects less than it has receipted, or more than this directory ever signed. */
    record SequenceMismatch(long expected, long receipted, long signed) implements SecurityEvent {
        @Override
        public String sentence() {
            return expected > signed
                    ? "the aggregator holds " + expected + " statements of this member, this directory signed " + signed
                            + ": it is an old copy or another one is running. Do not go on with it; restore the newest"
                            + " directory, or declare the loss: weft-node recover"
                    : "the aggregator expects statement " + expected + " although it gave receipts up to " + receipted
                            + ": its log went back. Call its operator";
        }
    }

    /** An answer whose entries or checkpoint do not prove what it says. */
    record AnswerRefused(String reason, String detail) implements SecurityEvent {
        @Override
        public String sentence() {
            return "an answer of the aggregator did not hold (" + reason + "): " + detail;
        }
    }

    /** The log takes no statement of these keys any more, because of another one that they signed. */
    record SignedElsewhere(long seq, String reason, String detail) implements SecurityEvent {
        @Override
        public String sentence() {
            return "statement " + seq + " was refused for good (" + reason + "): " + detail
                    + " Another copy of this directory, or a thief of its keys, has signed too: find and stop it, then run"
                    + " weft-node recover here. Both statements are kept as evidence";
        }
    }

    /** The log knows a later incarnation of this member than this directory. */
    record IncarnationOver(int here, int log) implements SecurityEvent {
        @Override
        public String sentence() {
            return "the shared log has this member in incarnation " + log + ", this directory is in " + here
                    + ": another copy rolled over, and this one may say nothing any more. Stop it";
        }
    }
}
