package dev.weft.node.join;

import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.Invitations;
import dev.weft.proto.identity.JoinMessage;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.InvitationToken;
import dev.weft.proto.v1.JoinRequest;
import dev.weft.proto.v1.MemberKeys;

/** Writes what a newcomer sends: its public keys, the one-time key's word for them, and a proof of each. */
final class JoinRequests {

    private JoinRequests() {}

    static JoinRequest of(InvitationToken token, NodeKeys keys, SigningKey recovery) throws VerificationException {
        Invitation invitation = Invitations.read(token);
        Digest federation = Digest.of(invitation.getFederation());
        MemberName name = MemberName.parse(invitation.getMember());
        MemberKeys.Builder made = MemberKeys.newBuilder()
                .setStatement(keys.statement().verifyingKey().toProto())
                .setWitness(keys.witness().verifyingKey().toProto())
                .setTls(keys.tls().toProto())
                .setHpke(keys.hpke().toProto())
                .setRecovery(recovery.verifyingKey().toProto());
        keys.second().ifPresent(second -> made.setSecond(second.verifyingKey().toProto()));
        MemberKeys enrolled = made.build();
        byte[] join = JoinMessage.join(federation, Invitations.id(token.getSigned()), enrolled);
        JoinRequest.Builder request = JoinRequest.newBuilder()
                .setInvitation(token.getSigned())
                .setKeys(enrolled)
                .setOneTimeSignature(SigningKey.fromSeed(token.getOneTimeSeed()).sign(join))
                .addPossessions(Possessions.prove(federation, name, keys.statement()))
                .addPossessions(Possessions.prove(federation, name, keys.witness()))
                .addPossessions(Possessions.prove(federation, name, keys.tls()))
                .addPossessions(Possessions.prove(federation, name, recovery))
                .setCertificateRequest(Certificates.request(keys.tls(), federation, name));
        keys.second().ifPresent(second -> request.addPossessions(Possessions.prove(federation, name, second)));
        return request.build();
    }
}
