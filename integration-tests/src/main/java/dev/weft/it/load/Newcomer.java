package dev.weft.it.load;

import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.identity.Invitations;
import dev.weft.proto.identity.JoinMessage;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.identity.TlsKey;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.InvitationToken;
import dev.weft.proto.v1.JoinRequest;
import dev.weft.proto.v1.MemberKeys;
import dev.weft.proto.v1.Possession;
import dev.weft.proto.v1.PublicKey;
import java.security.SecureRandom;

/** A member to be, with keys in memory and the invitation that lets it in. */
record Newcomer(
        InvitationToken token,
        Invitation invitation,
        SigningKey statement,
        SigningKey witness,
        TlsKey tls,
        HpkeKey hpke,
        SigningKey recovery) {

    static Newcomer of(InvitationToken token, SecureRandom random) throws VerificationException {
        return new Newcomer(
                token,
                Invitations.read(token),
                SigningKey.generate(random),
                SigningKey.generate(random),
                TlsKey.generate(random),
                HpkeKey.generate(random),
                SigningKey.generate(random));
    }

    MemberName name() throws VerificationException {
        return MemberName.parse(invitation.getMember());
    }

    Digest federation() {
        return Digest.of(invitation.getFederation());
    }

    /** What it says to be let in. */
    JoinRequest request() throws VerificationException {
        MemberKeys keys = MemberKeys.newBuilder()
                .setStatement(statement.verifyingKey().toProto())
                .setWitness(witness.verifyingKey().toProto())
                .setTls(tls.toProto())
                .setHpke(hpke.toProto())
                .setRecovery(recovery.verifyingKey().toProto())
                .build();
        byte[] join = JoinMessage.join(federation(), Invitations.id(token.getSigned()), keys);
        return JoinRequest.newBuilder()
                .setInvitation(token.getSigned())
                .setKeys(keys)
                .setOneTimeSignature(SigningKey.fromSeed(token.getOneTimeSeed()).sign(join))
                .addPossessions(proof(statement))
                .addPossessions(proof(witness))
                .addPossessions(Possession.newBuilder()
                        .setKey(tls.toProto())
                        .setSignature(tls.sign(JoinMessage.possession(federation(), name(), tls.toProto()))))
                .addPossessions(proof(recovery))
                .setCertificateRequest(Certificates.request(tls, federation(), name()))
                .build();
    }

    private Possession proof(SigningKey key) throws VerificationException {
        PublicKey own = key.verifyingKey().toProto();
        return Possession.newBuilder()
                .setKey(own)
                .setSignature(key.sign(JoinMessage.possession(federation(), name(), own)))
                .build();
    }
}
