package dev.weft.node.release;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.identity.Signatory;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.v1.Limits;
import dev.weft.proto.v1.Role;
import java.util.List;
import java.util.Optional;

/**
 * As whom this node speaks.
 *
 * @param federation id of genesis
 * @param audience origin of the shared log
 * @param name the member
 * @param role what the member may say
 * @param key its statement key
 * @param second its second key, where every statement needs the signatures of both
 * @param limits as genesis says
 */
public record Author(
        Digest federation,
        String audience,
        MemberName name,
        Role role,
        SigningKey key,
        Optional<MlDsaSigningKey> second,
        Limits limits) {

    /** Whoever has to sign a statement. */
    List<Signatory> signatories() {
        return second.isPresent() ? List.of(key, second.get()) : List.of(key);
    }
}
