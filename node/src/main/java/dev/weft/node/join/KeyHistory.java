package dev.weft.node.join;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.identity.VerifyingKey;
import dev.weft.proto.standing.Member;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.IntakeRule;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.MemberKeys;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which keys this membership has had: those that it joined with, and each change that it stated since. Folded by the same
 * rules as the log is, so a change that the log would refuse is refused here.
 *
 * @param member as it stands by its own statements
 * @param since when each key in force was stated, by this node's own clock
 * @param rollover the envelope that opened this incarnation; empty in the first one
 * @param lastChange seq in this incarnation of the last change; -1 before any
 */
public record KeyHistory(Member member, Map<KeyPurpose, Instant> since, ByteString rollover, long lastChange) {

    public KeyHistory {
        since = Collections.unmodifiableMap(new EnumMap<>(since));
    }

    /** @param changes own {@code key} statements in the order in which they were signed */
    static KeyHistory of(Enrolled enrolled, List<ByteString> changes) throws VerificationException {
        Standing standing = enrolled.founding().asOf(enrolled.index());
        standing.apply(enrolled.index(), enrolled.membership());
        EnumMap<KeyPurpose, Instant> since = new EnumMap<>(KeyPurpose.class);
        note(since, MemberKeys.getDefaultInstance(), member(standing).keys(), enrolled.membership());
        ByteString rollover = ByteString.EMPTY;
        long last = -1;
        for (ByteString change : changes) {
            OpenedEnvelope opened = EnvelopeOpener.open(change, standing.limits());
            // One that was signed later may carry more than this standing asks for: root has required it since.
            opened.verifyAtLeast(standing.requiredKeys(opened));
            MemberKeys before = member(standing).keys();
            standing.apply(0, opened);
            note(since, before, member(standing).keys(), opened);
            rollover = IntakeRule.isRollover(opened.statement()) ? change : rollover;
            last = opened.statement().header().getSeq();
        }
        return new KeyHistory(member(standing), since, rollover, last);
    }

    /** The only one that this standing knows. */
    private static Member member(Standing standing) {
        return standing.members().iterator().next();
    }

    private static void note(Map<KeyPurpose, Instant> since, MemberKeys before, MemberKeys after, OpenedEnvelope by)
            throws VerificationException {
        Instant at = WireTime.parse(by.statement().header().getRecordedAt());
        for (KeyPurpose purpose : KeyPurpose.values()) {
            if (!purpose.of(before).equals(purpose.of(after))) {
                since.put(purpose, at);
            }
        }
    }

    MemberKeys inForce() {
        return member.keys();
    }

    /** What this membership has keys for: what a rollover replaces. */
    public Set<KeyPurpose> purposes() {
        EnumSet<KeyPurpose> purposes = EnumSet.allOf(KeyPurpose.class);
        if (!inForce().hasSecond()) {
            purposes.remove(KeyPurpose.SECOND);
        }
        return purposes;
    }

    int incarnation() {
        return member.incarnation();
    }

    /** The one that a rollover has to be signed by. */
    public VerifyingKey recoveryKey() {
        return member.recoveryKey();
    }
}
