package dev.weft.node.release;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.v1.Limits;
import dev.weft.proto.v1.Role;

/**
 * As whom this node speaks.
 *
 * @param federation id of genesis
 * @param audience origin of the shared log
 * @param name the member
 * @param role what the member may say
 * @param key its statement key
 * @param limits as genesis says
 */
public record Author(Digest federation, String audience, MemberName name, Role role, SigningKey key, Limits limits) {}
