package dev.weft.node.link;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.standing.LinkEpoch;
import dev.weft.proto.standing.Member;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.v1.Role;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What the shared log says of linking keys and of members, by this node's own verified copy.
 *
 * @param epochs in order
 * @param members revoked ones too
 */
public record LinkLog(List<LinkEpoch> epochs, Collection<Member> members) {
    public LinkLog {
        epochs = List.copyOf(epochs);
        members = List.copyOf(members);
    }

    /** As the log stands. */
    public static LinkLog of(Standing standing) {
        return new LinkLog(standing.linkEpochs(), standing.members());
    }

    /**
     * A member, whatever became of it.
     *
     * @throws VerificationException {@link Reason#NOT_MEMBER}
     */
    Member member(MemberName name) throws VerificationException {
        return find(name)
                .orElseThrow(() -> new VerificationException(
                        Reason.NOT_MEMBER,
                        "'" + name + "' is no member of this federation, by this node's copy of the log."));
    }

    private Optional<Member> find(MemberName name) {
        return members.stream().filter(member -> member.name().equals(name)).findFirst();
    }

    /**
     * A member that may have the linking key now.
     *
     * @throws VerificationException {@link Reason#NOT_MEMBER}, {@link Reason#ROLE_NOT_ALLOWED}, {@link Reason#REVOKED},
     *     {@link Reason#SUSPENDED} or {@link Reason#QUARANTINED}
     */
    Member eligible(MemberName name) throws VerificationException {
        Member member = member(name);
        if (member.role() != Role.SITE && member.role() != Role.COORDINATOR) {
            throw new VerificationException(
                    Reason.ROLE_NOT_ALLOWED, "'" + name + "' is an auditor; auditors never have the linking key.");
        }
        if (member.revokedAt().isPresent()) {
            throw new VerificationException(
                    Reason.REVOKED, "'" + name + "' was revoked; if it had the linking key, rotate it.");
        }
        if (member.suspended()) {
            throw new VerificationException(
                    Reason.SUSPENDED, "'" + name + "' is suspended; it may ask again when it is resumed.");
        }
        if (member.quarantinedAt().isPresent()) {
            throw new VerificationException(
                    Reason.QUARANTINED,
                    "The keys of '" + name + "' are in quarantine; it may ask again after a rollover.");
        }
        return member;
    }

    boolean isEligible(MemberName name) {
        return find(name)
                .filter(member -> member.role() == Role.SITE || member.role() == Role.COORDINATOR)
                .filter(Member::maySpeak)
                .isPresent();
    }
}
