package dev.weft.it.mallory;

import com.google.protobuf.ByteString;
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

/** A membership's keys, held in memory. */
record MalloryKeys(SigningKey statement, SigningKey witness, TlsKey tls, HpkeKey hpke, SigningKey recovery) {

    static MalloryKeys generate(SecureRandom random) {
        return new MalloryKeys(
                SigningKey.generate(random),
                SigningKey.generate(random),
                TlsKey.generate(random),
                HpkeKey.generate(random),
                SigningKey.generate(random));
    }

    /** The request that takes up the invitation with these keys. */
    JoinRequest joinRequest(InvitationToken token) throws VerificationException {
        Invitation invitation = Invitations.read(token);
        Digest federation = Digest.of(invitation.getFederation());
        MemberName name = MemberName.parse(invitation.getMember());
        MemberKeys keys = toProto();
        byte[] join = JoinMessage.join(federation, Invitations.id(token.getSigned()), keys);
        return JoinRequest.newBuilder()
                .setInvitation(token.getSigned())
                .setKeys(keys)
                .setOneTimeSignature(SigningKey.fromSeed(token.getOneTimeSeed()).sign(join))
                .addPossessions(possession(federation, name, statement))
                .addPossessions(possession(federation, name, witness))
                .addPossessions(
                        possession(tls.toProto(), tls.sign(JoinMessage.possession(federation, name, tls.toProto()))))
                .addPossessions(possession(federation, name, recovery))
                .setCertificateRequest(Certificates.request(tls, federation, name))
                .build();
    }

    private MemberKeys toProto() {
        return MemberKeys.newBuilder()
                .setStatement(statement.verifyingKey().toProto())
                .setWitness(witness.verifyingKey().toProto())
                .setTls(tls.toProto())
                .setHpke(hpke.toProto())
                .setRecovery(recovery.verifyingKey().toProto())
                .build();
    }

    private static Possession possession(Digest federation, MemberName name, SigningKey key) {
        PublicKey own = key.verifyingKey().toProto();
        return possession(own, key.sign(JoinMessage.possession(federation, name, own)));
    }

    private static Possession possession(PublicKey key, ByteString signature) {
        return Possession.newBuilder().setKey(key).setSignature(signature).build();
    }
}
