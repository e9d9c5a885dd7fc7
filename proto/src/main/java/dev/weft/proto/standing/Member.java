package dev.weft.proto.standing;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.MlDsaKey;
import dev.weft.proto.identity.VerifyingKey;
import dev.weft.proto.v1.MemberKeys;
import dev.weft.proto.v1.Role;
import java.util.OptionalLong;

/**
 * One membership as it stands at some size of the log.
 *
 * @param name unique in the federation, whatever the role
 * @param role as the invitation gives it
 * @param organisation for people
 * @param invitation id of the invitation that opened the membership
 * @param keys all keys in force
 * @param statementKey {@code keys.statement}, checked
 * @param recoveryKey {@code keys.recovery}, checked
 * @param membershipIndex log index of the membership entry
 * @param suspended by the operator, until resumed
 * @param revokedAt log index of root's revocation
 * @param suspectFrom entries of this member from that index on read suspect; 0: none
 * @param quarantinedAt log index of the evidence that put the key into quarantine; only a rollover ends it
 * @param incarnation raised by each rollover, from 0
 */
public record Member(
        MemberName name,
        Role role,
        String organisation,
        Digest invitation,
        MemberKeys keys,
        VerifyingKey statementKey,
        VerifyingKey recoveryKey,
        long membershipIndex,
        boolean suspended,
        OptionalLong revokedAt,
        long suspectFrom,
        OptionalLong quarantinedAt,
        int incarnation) {

    /** Whether this member may sign statements now: neither revoked, nor suspended, nor in quarantine. */
    public boolean maySpeak() {
        return revokedAt.isEmpty() && !suspended && quarantinedAt.isEmpty();
    }

    /**
     * The second key.
     *
     * @throws VerificationException {@link Reason#SECOND_KEY_MISSING} where none is enrolled
     */
    public MlDsaKey secondKey() throws VerificationException {
        if (!keys.hasSecond()) {
            throw lacksSecond();
        }
        return MlDsaKey.of(keys.getSecond());
    }

    /** Whether this member has to have a second key before root may require one: it is neither suspended nor revoked. */
    public boolean isBound() {
        return revokedAt.isEmpty() && !suspended;
    }

    VerificationException lacksSecond() {
        return new VerificationException(
                Reason.SECOND_KEY_MISSING,
                "'" + name
                        + "' has enrolled no second key, and the federation requires its signatures; stop the node and run"
                        + " 'weft-node key rotate second', or 'weft-node recover' where statements wait that lack one.");
    }

    Member withKeys(MemberKeys newKeys, int newIncarnation) throws VerificationException {
        return new Member(
                name,
                role,
                organisation,
                invitation,
                newKeys,
                VerifyingKey.of(newKeys.getStatement()),
                VerifyingKey.of(newKeys.getRecovery()),
                membershipIndex,
                suspended,
                revokedAt,
                suspectFrom,
                quarantinedAt,
                newIncarnation);
    }

    Member withSuspended(boolean now) {
        return with(now, revokedAt, suspectFrom, quarantinedAt);
    }

    /** The first revocation stands; a later one may only mark more entries as suspect. */
    Member withRevocation(long index, long suspect) {
        OptionalLong first = revokedAt.isPresent() ? revokedAt : OptionalLong.of(index);
        boolean earlier = suspect != 0 && (suspectFrom == 0 || suspect < suspectFrom);
        return with(suspended, first, earlier ? suspect : suspectFrom, quarantinedAt);
    }

    Member withQuarantine(OptionalLong at) {
        return with(suspended, revokedAt, suspectFrom, at);
    }

    private Member with(boolean isSuspended, OptionalLong revoked, long suspect, OptionalLong quarantined) {
        return new Member(
                name,
                role,
                organisation,
                invitation,
                keys,
                statementKey,
                recoveryKey,
                membershipIndex,
                isSuspended,
                revoked,
                suspect,
                quarantined,
                incarnation);
    }
}
