package dev.weft.proto.bundle;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.SignatureKey;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.Membership;
import java.util.ArrayList;
import java.util.List;

/**
 * Whose word each entry is, folded in log order over the entries of a bundle: membership from genesis on, keys by log index.
 * Root and aggregator alone give and end standing, so all they said up to the last one shown must be there.
 */
final class Authority {
    private final Standing standing;
    private final Sequences sequences = new Sequences();
    private final List<Long> history = new ArrayList<>();

    private Authority(Standing standing) {
        this.standing = standing;
    }

    static Authority of(OpenedEnvelope genesis) throws VerificationException {
        Authority authority = new Authority(Standing.of(genesis));
        authority.sequences.begin(genesis.statement());
        authority.sequences.open(MemberName.AGGREGATOR, genesis.statement().id());
        authority.history.add(0L);
        return authority;
    }

    /** The keys that must have signed the next entry; it is taken into account as if they had. */
    List<SignatureKey> take(long index, OpenedEnvelope opened) throws VerificationException {
        Statement statement = opened.statement();
        if (statement.predicate().orElse(null) instanceof Genesis) {
            return continued(index, opened);
        }
        Header header = statement.header();
        if (!header.getFederation().equals(standing.federation().toByteString())
                || !header.getAudience().equals(standing.origin())) {
            throw new VerificationException(
                    Reason.WRONG_AUDIENCE, "Entry " + index + " is for another log; ask for the bundle anew.");
        }
        List<SignatureKey> required = standing.requiredKeys(opened);
        sequences.take(statement);
        standing.apply(index, opened);
        Message predicate = statement.predicate().orElse(null);
        if (predicate instanceof Membership membership) {
            sequences.open(admitted(membership), statement.id());
        }
        if (statement.author().isReserved() || predicate instanceof Key) {
            history.add(index);
        }
        return required;
    }

    /** The log goes on under another name and key; this entry stands outside of root's sequence. */
    private List<SignatureKey> continued(long index, OpenedEnvelope opened) throws VerificationException {
        List<SignatureKey> required = standing.requiredKeys(opened);
        standing.apply(index, opened);
        history.add(index);
        return required;
    }

    private static MemberName admitted(Membership membership) throws VerificationException {
        try {
            return MemberName.parse(
                    Invitation.parseFrom(membership.getInvitation().getInvitation())
                            .getMember());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a membership was admitted without an invitation", e);
        }
    }

    Standing standing() {
        return standing;
    }

    Sequences sequences() {
        return sequences;
    }

    /** Entries that gave, changed or ended keys and standing. */
    List<Long> history() {
        return history;
    }
}
