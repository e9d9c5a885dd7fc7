package dev.weft.node.join;

import com.google.protobuf.ByteString;
import dev.weft.node.deliver.MutualTls;
import dev.weft.node.deliver.Peer;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.JoinMessage;
import dev.weft.proto.v1.RenewRequest;
import dev.weft.proto.v1.RenewResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Keeps a node's certificate in force: asks for a new one at two thirds of the life of the old one, and puts it in its
 * place. One that has ended already still reaches Renew, and nothing else.
 */
public final class CertificateRenewal {

    private final NodeDirectory files;
    private final InstantSource clock;
    private volatile NodeIdentity identity;

    public CertificateRenewal(Path directory, NodeIdentity identity, InstantSource clock) {
        this.files = new NodeDirectory(directory);
        this.identity = identity;
        this.clock = clock;
    }

    /** With the newest certificate. */
    public NodeIdentity identity() {
        return identity;
    }

    /** What new channels show. */
    public MutualTls.Credentials credentials() {
        return identity.credentials();
    }

    /**
     * Whether the certificate wants to be renewed: after two thirds of its life, where it is for a TLS key that was changed
     * since, and where it is of the future. A clock that had jumped ahead would else leave one that opens nothing for years.
     */
    public boolean isDue(Instant now) {
        X509Certificate leaf = identity.certificateChain().get(0);
        Instant from = leaf.getNotBefore().toInstant();
        Duration life = Duration.between(from, leaf.getNotAfter().toInstant());
        Instant due = from.plus(life.multipliedBy(2).dividedBy(3));
        return identity.certificateOutdated() || now.isBefore(from) || !now.isBefore(due);
    }

    /** When the certificate ends. */
    public Instant endsAt() {
        return identity.certificateChain().get(0).getNotAfter().toInstant();
    }

    /**
     * Renews the certificate if its time has come, and has the peer show the new one from then on. Blocks for the call.
     *
     * @return whether there is a new certificate
     * @throws VerificationException why not; worth another attempt a little later, until {@link #endsAt} and after it
     */
    public boolean renewIfDue(Peer peer) throws IOException, VerificationException {
        Instant now = clock.instant();
        if (!isDue(now)) {
            return false;
        }
        NodeIdentity current = identity;
        RenewResponse response = new EnrolmentClient(peer, current.addresses().size()).renew(request(current, now));
        List<X509Certificate> chain = MembershipCheck.chain(
                response.getCertificateChainList(),
                current.caCertificate(),
                new MembershipCheck.Expected(
                        current.federation(), current.name(), current.tlsKey().toProto(), now));
        // A crash here leaves the old certificate, which asks again; after it the new one, whose key is found beside
        // its place until it is brought there.
        PrivateFiles.write(files.certificates(), Certificates.toPem(chain));
        identity = current.with(chain);
        identity.install(files.root());
        peer.renew();
        return true;
    }

    private static RenewRequest request(NodeIdentity identity, Instant now) {
        RenewRequest unsigned = RenewRequest.newBuilder()
                .setFederation(identity.federation().toByteString())
                .setMember(identity.name().value())
                .setCertificateRequest(Certificates.request(identity.tlsKey(), identity.federation(), identity.name()))
                .setRequestedAt(WireTime.print(now))
                .setRollover(
                        identity.certificateOutdated() ? identity.keyHistory().rollover() : ByteString.EMPTY)
                .build();
        return unsigned.toBuilder()
                .setSignature(identity.statementKey().sign(JoinMessage.renew(unsigned)))
                .build();
    }
}
