package dev.weft.it.load;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.identity.TlsKey;
import dev.weft.proto.identity.VerifyingKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A member with what it needs to speak.
 *
 * @param genesis entry 0 of the log
 * @param membership id of the entry that opened its incarnation
 * @param logKeys that sign checkpoints
 */
record Seated(
        String name,
        Digest federation,
        String origin,
        Digest membership,
        ByteString genesis,
        List<VerifyingKey> logKeys,
        SigningKey statement,
        SigningKey witness,
        TlsKey tls,
        List<X509Certificate> chain,
        X509Certificate ca) {}
