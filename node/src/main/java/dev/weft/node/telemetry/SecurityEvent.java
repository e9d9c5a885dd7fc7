package dev.weft.node.telemetry;

import dev.weft.proto.merkle.TreeHead;
import java.util.Locale;
import java.util.Optional;

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

    /** The aggregator's entries do not give the root that it signed. */
    record MirrorMismatch(TreeHead signed, TreeHead found) implements SecurityEvent {
        @Override
        public String sentence() {
            return "the entries that the aggregator sent give root " + found.root() + " at size " + signed.size()
                    + ", it signed " + signed.root() + "; they are dropped, nothing is cosigned, and the copy is tried"
                    + " again from the last size that held. Entries are not signed by the log, so this alone proves"
                    + " nothing to others. Call the operator, and compare checkpoints with the other members";
        }
    }

    /** An entry is in the log that its rules do not allow. */
    record LogBroken(long index, String reason, String detail) implements SecurityEvent {
        @Override
        public String sentence() {
            return "entry " + index + " of the shared log breaks its rules (" + reason + "): " + detail
                    + " Nothing is cosigned from there on; call the other members";
        }
    }

    /** A member contradicts itself in the log, and the log took it. */
    record MemberForked(String member, long index, String detail, Optional<String> file) implements SecurityEvent {
        @Override
        public String sentence() {
            return "entry " + index + " of '" + member + "' contradicts an earlier one, and intake refuses that: "
                    + detail
                    + file.map(path -> " Shown by " + path + ".").orElse(" No file can show it to others.")
                    + " Nothing is cosigned from there on; call the other members";
        }
    }

    /** A statement that was shown elsewhere stands at the place of another one here, and its author signed both. */
    record MemberEquivocated(String member, long index, String file) implements SecurityEvent {
        @Override
        public String sentence() {
            return "'" + member + "' signed another statement at the place of entry " + index + "; shown by " + file
                    + ". Where both were taken, the log has two histories: compare checkpoints with the other members";
        }
    }

    /** The aggregator names a head and does not hand out the entries below it. */
    record EntriesWithheld(long first, long signed) implements SecurityEvent {
        @Override
        public String sentence() {
            return "the aggregator signed " + signed + " entries and does not hand out entry " + first
                    + "; nothing is cosigned until it does";
        }
    }

    /** The log holds a statement under this member's name and key that this directory never signed. */
    record ForeignStatement(long index, int incarnation, long seq) implements SecurityEvent {
        @Override
        public String sentence() {
            return "entry " + index + " is signed with this member's key (incarnation " + incarnation + ", statement "
                    + seq + ") and was not made here: another copy of this directory is running, or the key is stolen."
                    + " Revoke it or roll over";
        }
    }

    /** An author says that it saw another tree than the one that this node holds. */
    record SeenContradiction(long index, String author, TreeHead said, TreeHead here) implements SecurityEvent {
        @Override
        public String sentence() {
            return "entry " + index + ": '" + author + "' has seen root " + said.root() + " at size " + said.size()
                    + ", here it is " + here.root()
                    + ": either it errs or the log showed it another history. Ask it for"
                    + " its signed checkpoint of that size: with this node's own it is a proof";
        }
    }

    /** A checkpoint is called final and is not, under the policy in force. */
    record FinalityRefused(String reason, String detail) implements SecurityEvent {
        @Override
        public String sentence() {
            return "a checkpoint that the aggregator calls final was not believed to be (" + reason + "): " + detail;
        }
    }

    /** The aggregator asked for a cosignature that this node did not give. */
    record CosignatureRefused(long size, String reason, String detail) implements SecurityEvent {
        @Override
        public String sentence() {
            return "the checkpoint of size " + size + " was not cosigned (" + reason + "): " + detail;
        }
    }

    /** Root continued the log under another name, because its operator lost the anchor. */
    record LogContinued(String origin, TreeHead from, long firstLost) implements SecurityEvent {
        @Override
        public String sentence() {
            return "the shared log goes on as " + origin + " from " + from.size() + " entries, by the word of root: its"
                    + " operator can sign the old one no more. Own statements from " + firstLost
                    + " on are stated again; entries above that head are in no log any more";
        }
    }

    /** A sealed message about the linking key that does not open, is not its writer's, or holds another key. */
    record LinkMessageRefused(String from, String reason, String detail) implements SecurityEvent {
        @Override
        public String sentence() {
            return "a message about the linking key, said to be of '" + from + "', was not believed (" + reason + "): "
                    + detail + " It is asked for again by itself; if this goes on, call that member";
        }
    }

    /** The aggregator says something else of required second signatures than what was proved here, or proves nothing. */
    record RequirementContradicted(String reason, String detail) implements SecurityEvent {
        @Override
        public String sentence() {
            return "what the aggregator says of required second signatures was not believed (" + reason + "): "
                    + detail;
        }
    }

    /** Root requires second signatures; what waits gains them, and from now on every statement has one. */
    record SecondSignaturesRequired(long index) implements SecurityEvent {
        @Override
        public String sentence() {
            return "root requires second signatures of ML-DSA-44 since entry " + index
                    + ": the node starts anew with that; where it has no second key it signs nothing until one is enrolled";
        }
    }
}
