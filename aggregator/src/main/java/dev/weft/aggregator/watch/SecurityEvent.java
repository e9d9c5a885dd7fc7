package dev.weft.aggregator.watch;

import dev.weft.proto.Reason;
import dev.weft.proto.digest.Digest;
import java.util.Optional;

/** Something that an honest federation does not do, or that the log cannot repair by itself. */
public sealed interface SecurityEvent {
    /** Stable name, the label of the metric. */
    String name();

    /**
     * Two statements of one author for one seq; the key is quarantined from the evidence entry on.
     *
     * @param proof file that shows it to anybody
     */
    record Equivocation(
            String member, int incarnation, long seq, long firstIndex, long evidenceIndex, Optional<String> proof)
            implements SecurityEvent {
        @Override
        public String name() {
            return "equivocation";
        }
    }

    /**
     * An author signed a site log that does not begin with the one it stated before; the statement was refused.
     *
     * @param firstIndex of the statement before
     * @param proof file that shows it to anybody
     */
    record SiteForked(String member, int incarnation, long seq, long firstIndex, Optional<String> proof)
            implements SecurityEvent {
        @Override
        public String name() {
            return "site-forked";
        }
    }

    /** An authenticated stream carried what its member did not sign, or what is another's. */
    record Forgery(String member, Reason reason, String detail) implements SecurityEvent {
        @Override
        public String name() {
            return "forgery";
        }

        @Override
        public String toString() {
            return "Forgery[member=" + member + ", reason=" + reason.code() + ", detail=" + detail + "]";
        }
    }

    /** An invitation that opened a membership was offered again with other keys: lost keys, or a stolen invitation. */
    record InvitationReused(String member, Digest invitation) implements SecurityEvent {
        @Override
        public String name() {
            return "invitation-reused";
        }

        @Override
        public String toString() {
            return "InvitationReused[member=" + member + ", invitation=" + invitation.hex() + "]";
        }
    }

    /** A stream broke the rules of the exchange and was ended. */
    record StreamEnded(String member, Reason reason) implements SecurityEvent {
        @Override
        public String name() {
            return "stream-ended";
        }

        @Override
        public String toString() {
            return "StreamEnded[member=" + member + ", reason=" + reason.code() + "]";
        }
    }

    /** An author has verified a head that this log does not have: one of the two is lying, or the log was rolled back. */
    record SeenContradiction(String member, long index, long seenSize) implements SecurityEvent {
        @Override
        public String name() {
            return "seen-contradiction";
        }
    }

    /** An entry is in the log and not in the graph. */
    record Unprojected(long index, String reason) implements SecurityEvent {
        @Override
        public String name() {
            return "unprojected";
        }
    }

    /** Nothing more is signed until an operator has looked. */
    record LogStopped(String reason) implements SecurityEvent {
        @Override
        public String name() {
            return "log-stopped";
        }
    }

    /** A witness cosigned a head that this log does not have: the log was rolled back, or it speaks of another one. */
    record WitnessAhead(String witness, long cosigned, long published) implements SecurityEvent {
        @Override
        public String name() {
            return "witness-ahead";
        }
    }

    /** What a witness sent is no cosignature of the checkpoint that it was asked for. */
    record CosignatureRefused(String witness, Reason reason, String detail) implements SecurityEvent {
        @Override
        public String name() {
            return "cosignature-refused";
        }

        @Override
        public String toString() {
            return "CosignatureRefused[witness=" + witness + ", reason=" + reason.code() + ", detail=" + detail + "]";
        }
    }
}
