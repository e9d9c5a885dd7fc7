package dev.weft.it.load;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.identity.TlsKey;
import dev.weft.proto.identity.VerifyingKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A member with what it needs to speak.
 *
 * @param membership id of the entry that opened its incarnation
 * @param logKeys that sign checkpoints
 */
record Seated(
        String name,
        Digest federation,
        String origin,
        Digest membership,
        List<VerifyingKey> logKeys,
        SigningKey statement,
        TlsKey tls,
        List<X509Certificate> chain,
        X509Certificate ca) {}
