package dev.weft.proto.bundle;

import dev.weft.proto.Reason;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Cosignature;
import dev.weft.proto.v1.BundleQuestion;
import java.util.List;
import java.util.Optional;

/**
 * What a bundle proves.
 *
 * @param reason why it does not hold; empty where it does
 * @param detail one sentence
 * @param claims in the order in which they were checked; the last one is false where the check stopped there
 * @param notProven what somebody could wrongly take from it
 * @param about what is known of the bundle; empty where the check did not come so far
 */
public record BundleVerdict(
        Optional<Reason> reason,
        String detail,
        List<Claim> claims,
        List<NotProvenText> notProven,
        Optional<About> about) {
    /** Copies the lists. */
    public BundleVerdict {
        claims = List.copyOf(claims);
        notProven = List.copyOf(notProven);
    }

    /** Whether every claim holds. */
    public boolean holds() {
        return reason.isEmpty();
    }

    /**
     * A thing that is not proven.
     *
     * @param code stable
     * @param text one sentence
     */
    public record NotProvenText(String code, String text) {}

    /**
     * The bundle's subject, once it was checked.
     *
     * @param federation id of its genesis
     * @param name of the federation, as genesis says
     * @param checkpoint that all entries were proved against
     * @param cosignatures that hold, of the policy's witnesses; none without a policy
     * @param report lines for people: who did what, in words
     */
    public record About(
            Digest federation,
            String name,
            BundleQuestion question,
            Checkpoint checkpoint,
            List<Cosignature> cosignatures,
            long entries,
            List<String> report) {
        /** Copies the lists. */
        public About {
            cosignatures = List.copyOf(cosignatures);
            report = List.copyOf(report);
        }
    }
}
