package dev.weft.aggregator.members;

import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;

/** Judges a client certificate where there is no gRPC call to hang it on. */
public final class ClientCertificates {
    private final MemberDirectory directory;
    private final Digest federation;
    private final X509Certificate ca;
    private final InstantSource clock;

    public ClientCertificates(MemberDirectory directory, Digest federation, X509Certificate ca, InstantSource clock) {
        this.directory = directory;
        this.federation = federation;
        this.ca = ca;
        this.clock = clock;
    }

    /**
     * The member whose certificate it is, if it may hold a connection now.
     *
     * @param chain leaf first, as the handshake proved it
     * @throws VerificationException what is wrong with the certificate or the membership
     */
    public MemberName member(List<X509Certificate> chain) throws VerificationException {
        Peer peer = Peer.of(chain, ca, federation, clock.instant());
        peer.check(directory, clock.instant());
        return peer.name();
    }
}
