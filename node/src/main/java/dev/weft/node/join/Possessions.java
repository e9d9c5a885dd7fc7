package dev.weft.node.join;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.JoinMessage;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.identity.TlsKey;
import dev.weft.proto.v1.Possession;
import dev.weft.proto.v1.PublicKey;

/** Each key's word that this member holds it. */
final class Possessions {
    private Possessions() {}

    static Possession prove(Digest federation, MemberName name, SigningKey key) {
        PublicKey proved = key.verifyingKey().toProto();
        return possession(proved, key.sign(JoinMessage.possession(federation, name, proved)));
    }

    static Possession prove(Digest federation, MemberName name, TlsKey key) {
        PublicKey proved = key.toProto();
        return possession(proved, key.sign(JoinMessage.possession(federation, name, proved)));
    }

    static Possession prove(Digest federation, MemberName name, MlDsaSigningKey key) {
        PublicKey proved = key.verifyingKey().toProto();
        return possession(proved, key.sign(JoinMessage.possession(federation, name, proved)));
    }

    private static Possession possession(PublicKey key, ByteString signature) {
        return Possession.newBuilder().setKey(key).setSignature(signature).build();
    }
}
