package dev.weft.aggregator.members;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.standing.Member;
import dev.weft.proto.standing.Standing;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The standing of all members as of the last published entry, for any thread. The holder of the log swaps in a copy that
 * nobody changes any more.
 */
public final class MemberDirectory {

    private volatile Standing current;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    public MemberDirectory(Standing standing) {
        this.current = standing;
    }

    /** Read only. */
    public Standing current() {
        return current;
    }

    /** Puts a later standing in force; the caller keeps no reference that it changes. */
    public void set(Standing next) {
        current = next;
        listeners.forEach(Runnable::run);
    }

    /** Runs after each change, on the thread that made it: short and without exceptions. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /**
     * The member of that name, if it may hold a connection. One in quarantine may: its rollover comes that way.
     *
     * @throws VerificationException {@link Reason#NOT_MEMBER}, {@link Reason#REVOKED} or {@link Reason#SUSPENDED}
     */
    public Member connected(MemberName name) throws VerificationException {
        Member member = current.member(name)
                .orElseThrow(() -> new VerificationException(
                        Reason.NOT_MEMBER, "'" + name + "' is no member of this federation; join with an invitation."));
        if (member.revokedAt().isPresent()) {
            throw new VerificationException(
                    Reason.REVOKED,
                    "The membership of '" + name + "' was revoked at index "
                            + member.revokedAt().getAsLong() + "; ask the federation's root for a new invitation.");
        }
        if (member.suspended()) {
            throw new VerificationException(
                    Reason.SUSPENDED, "'" + name + "' is suspended; ask the operator of the aggregator to resume it.");
        }
        return member;
    }
}
