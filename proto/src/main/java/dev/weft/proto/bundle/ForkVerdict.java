package dev.weft.proto.bundle;

import dev.weft.proto.digest.Digest;
import java.util.List;

/**
 * What a fork proof proves.
 *
 * @param kind stable: {@code log-fork}, {@code equivocation} or {@code site-fork}
 * @param federation id of the enclosed genesis; anybody can make a genesis, so compare it with the one you know
 * @param federationName as genesis says
 * @param accused who signed both: {@code log ORIGIN}, a member's name, {@code root} or {@code aggregator}
 * @param sentence what is proved, in words
 * @param facts the two things and what shows that they contradict each other, one sentence each
 * @param notProven what somebody could wrongly take from it, one sentence each
 */
public record ForkVerdict(
        String kind,
        Digest federation,
        String federationName,
        String accused,
        String sentence,
        List<String> facts,
        List<String> notProven) {
    /** Copies the lists. */
    public ForkVerdict {
        facts = List.copyOf(facts);
        notProven = List.copyOf(notProven);
    }
}
