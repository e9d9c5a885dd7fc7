package dev.weft.proto.standing;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.Admission;
import dev.weft.proto.identity.Invitations;
import dev.weft.proto.identity.JoinMessage;
import dev.weft.proto.identity.MemberKeyRules;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.MlDsaKey;
import dev.weft.proto.identity.SignatureKey;
import dev.weft.proto.identity.VerifyingKey;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.MemberKeys;
import dev.weft.proto.v1.Membership;
import dev.weft.proto.v1.Rollover;
import dev.weft.proto.v1.Rotate;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** What one statement makes of a member's row. Each fails where the statement may not be appended. */
final class KeyChange {

    private KeyChange() {}

    /** Checks the root's invitation, the newcomer's signatures and the keys. */
    static Member admit(Founding founding, Membership membership, long index) throws VerificationException {
        Invitation checked = Admission.of(membership).verify(founding.federation(), founding.root());
        return member(checked, membership, index);
    }

    /** The row that a membership makes which was admitted before. */
    static Member member(Membership membership, long index) throws VerificationException {
        return member(Invitations.readAgain(membership.getInvitation()), membership, index);
    }

    private static Member member(Invitation invitation, Membership membership, long index)
            throws VerificationException {
        MemberKeys keys = membership.getKeys();
        return new Member(
                MemberName.parse(invitation.getMember()),
                invitation.getRole(),
                invitation.getOrganisation(),
                Invitations.id(membership.getInvitation()),
                keys,
                VerifyingKey.again(keys.getStatement()),
                VerifyingKey.again(keys.getRecovery()),
                index,
                false,
                OptionalLong.empty(),
                0,
                OptionalLong.empty(),
                0);
    }

    /**
     * The keys that must sign a member's own change of keys: the old one and, where it changes, the new one. A change of the
     * second key is signed by second keys whether they are required yet or not, so that it is one statement before and after.
     */
    static List<SignatureKey> signers(Founding founding, Member member, Key key) throws VerificationException {
        return key.hasRollover()
                ? rolloverSigners(founding, member, key.getRollover())
                : rotationSigners(founding, member, key.getRotate());
    }

    /** The recovery key, which is old, and the second key, which is new: the old one may be what was lost. */
    private static List<SignatureKey> rolloverSigners(Founding founding, Member member, Rollover rollover)
            throws VerificationException {
        MemberKeys keys = rollover.getKeys();
        MemberKeyRules.checkComplete(keys);
        requireNew(member, keys);
        if (founding.requirement().isPresent() && !keys.hasSecond()) {
            throw member.lacksSecond();
        }
        JoinMessage.verifyPossessions(founding.federation(), member.name(), keys, rollover.getPossessionsList());
        return keys.hasSecond()
                ? List.of(member.recoveryKey(), MlDsaKey.of(keys.getSecond()))
                : List.of(member.recoveryKey());
    }

    private static List<SignatureKey> rotationSigners(Founding founding, Member member, Rotate rotate)
            throws VerificationException {
        MemberKeys keys = rotate.getKeys();
        MemberKeyRules.checkGiven(keys);
        MemberKeyRules.checkComplete(merged(member.keys(), keys));
        JoinMessage.verifyPossessions(founding.federation(), member.name(), keys, rotate.getPossessionsList());
        List<SignatureKey> signers = new ArrayList<>(List.of(member.statementKey()));
        if (keys.hasStatement()) {
            signers.add(VerifyingKey.of(keys.getStatement()));
        }
        if (keys.hasSecond()) {
            signers.add(MlDsaKey.of(keys.getSecond()));
        }
        if (member.keys().hasSecond()
                && (keys.hasSecond() || founding.requirement().isPresent())) {
            signers.add(member.secondKey());
        } else if (founding.requirement().isPresent() && !keys.hasSecond()) {
            throw member.lacksSecond();
        }
        return signers;
    }

    static Member rotated(Member member, Rotate rotate) throws VerificationException {
        return member.withKeys(merged(member.keys(), rotate.getKeys()), member.incarnation());
    }

    /** New keys, a new incarnation, and the quarantine ends. */
    static Member rolledOver(Member member, Rollover rollover) throws VerificationException {
        return member.withQuarantine(OptionalLong.empty())
                .withKeys(rollover.getKeys(), rollover.getOldIncarnation() + 1);
    }

    private static MemberKeys merged(MemberKeys old, MemberKeys changed) {
        // Key by key: protobuf's own merge goes into the fields of each key.
        MemberKeys.Builder keys = old.toBuilder();
        if (changed.hasStatement()) {
            keys.setStatement(changed.getStatement());
        }
        if (changed.hasWitness()) {
            keys.setWitness(changed.getWitness());
        }
        if (changed.hasTls()) {
            keys.setTls(changed.getTls());
        }
        if (changed.hasHpke()) {
            keys.setHpke(changed.getHpke());
        }
        if (changed.hasSecond()) {
            keys.setSecond(changed.getSecond());
        }
        return keys.build();
    }

    /** A key that may have leaked must not come back with the rollover that replaces it. */
    private static void requireNew(Member member, MemberKeys keys) throws VerificationException {
        MemberKeys old = member.keys();
        if (keys.getStatement().equals(old.getStatement())
                || keys.getWitness().equals(old.getWitness())
                || keys.getTls().equals(old.getTls())
                || keys.getHpke().equals(old.getHpke())
                || keys.getRecovery().equals(old.getRecovery())
                || (old.hasSecond() && keys.getSecond().equals(old.getSecond()))) {
            throw new VerificationException(
                    Reason.BAD_KEY, "A rollover replaces every key; make new ones, the recovery key included.");
        }
        if (old.hasSecond() && !keys.hasSecond()) {
            throw new VerificationException(
                    Reason.MISSING_FIELD,
                    "'" + member.name() + "' has a second key, and a rollover replaces every key; send a new one.");
        }
    }
}
