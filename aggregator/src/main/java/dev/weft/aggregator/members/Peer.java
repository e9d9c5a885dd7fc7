package dev.weft.aggregator.members;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.standing.Member;
import dev.weft.proto.v1.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * A member at the other end of a connection.
 *
 * @param name as its certificate says
 * @param key of its certificate
 * @param certificateEnds nothing goes on after it
 */
record Peer(MemberName name, PublicKey key, Instant certificateEnds) {

    /** Reads a peer from what it showed in the handshake, leaf first, and checks all but its standing. */
    static Peer of(List<X509Certificate> chain, X509Certificate ca, Digest federation, Instant now)
            throws VerificationException {
        Certificates.verifyChain(chain, ca, now);
        X509Certificate leaf = chain.get(0);
        MemberName name = Certificates.member(leaf, federation)
                .orElseThrow(
                        () -> new VerificationException(
                                Reason.BAD_CERTIFICATE,
                                "The certificate does not name exactly one member of this federation; use the one of the join."));
        PublicKey key = Certificates.publicKey(leaf)
                .orElseThrow(() -> new VerificationException(
                        Reason.BAD_CERTIFICATE, "The certificate's key is not P-256; use the one of the join."));
        return new Peer(name, key, leaf.getNotAfter().toInstant());
    }

    /** Checks that the connection may go on: the certificate in force, the member standing, its TLS key the same. */
    void check(MemberDirectory directory, Instant now) throws VerificationException {
        if (now.isAfter(certificateEnds)) {
            throw new VerificationException(
                    Reason.CERTIFICATE_EXPIRED, "The certificate ended at " + certificateEnds + "; renew it.");
        }
        Member member = directory.connected(name);
        if (!member.keys().getTls().equals(key)) {
            throw new VerificationException(
                    Reason.CERTIFICATE_MISMATCH,
                    "The certificate's key is not the TLS key of '" + name + "' in force; renew the certificate.");
        }
    }
}
