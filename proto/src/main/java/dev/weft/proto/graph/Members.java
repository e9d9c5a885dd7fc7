package dev.weft.proto.graph;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.proto.Reason;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.Membership;
import dev.weft.proto.v1.Revoke;
import dev.weft.proto.v1.Vertex;
import java.util.Optional;
import java.util.Set;

/** Members as agents of the graph. */
final class Members {
    private Members() {}

    static Effect admitted(Entry entry, Membership membership) {
        Invitation invitation;
        try {
            invitation = Invitation.parseFrom(membership.getInvitation().getInvitation());
        } catch (InvalidProtocolBufferException e) {
            return Effect.without(Reason.INVITATION_INVALID);
        }
        if (!MemberName.isName(invitation.getMember())) {
            return Effect.without(Reason.BAD_NAME);
        }
        VertexRef agent = VertexRef.member(new MemberName(invitation.getMember()));
        if (entry.draft().vertex(agent).isPresent()) {
            return Effect.without(Reason.MEMBER_EXISTS);
        }
        entry.say(agent, () -> Entry.vertex(invitation.getMember()).setRole(invitation.getRole()), Set.of());
        return Effect.EFFECTIVE;
    }

    static Effect changed(Entry entry, Key key) {
        if (!key.hasRevoke()) {
            return Effect.EFFECTIVE;
        }
        Revoke revoke = key.getRevoke();
        VertexRef agent = VertexRef.member(new MemberName(revoke.getMember()));
        Optional<Vertex> member = entry.draft().vertex(agent);
        if (member.isEmpty()) {
            return Effect.without(Reason.NOT_MEMBER);
        }
        entry.draft()
                .replace(
                        agent,
                        member.get().toBuilder()
                                .setSuspectFrom(revoke.getSuspectFrom())
                                .build());
        entry.say(agent, member.get().getLabel(), Set.of(Flag.REVOKED));
        return Effect.EFFECTIVE;
    }
}
