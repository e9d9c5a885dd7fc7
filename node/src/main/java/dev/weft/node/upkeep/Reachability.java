package dev.weft.node.upkeep;

import dev.weft.node.config.HostPort;
import dev.weft.node.config.NodeConfig;
import dev.weft.node.deliver.MutualTls;
import dev.weft.node.join.NodeIdentity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** Shakes hands with the aggregator as the node does, and compares this machine's clock with the certificate it shows. */
final class Reachability {
    private static final int PATIENCE_MILLIS = 5_000;

    private final NodeConfig config;
    private final NodeIdentity identity;
    private final InstantSource clock;

    Reachability(NodeConfig config, NodeIdentity identity, InstantSource clock) {
        this.config = config;
        this.identity = identity;
        this.clock = clock;
    }

    List<Finding> look() {
        List<Finding> findings = new ArrayList<>();
        List<String> own = config.delivery().addresses();
        for (String address : own.isEmpty() ? identity.addresses() : own) {
            Optional<HostPort> parsed = HostPort.parse(address);
            if (parsed.isEmpty()) {
                findings.add(
                        Finding.broken("aggregator", address + " is no host:port", "correct aggregator.addresses"));
            } else {
                findings.addAll(shakeHands(parsed.get()));
            }
        }
        return findings;
    }

    private List<Finding> shakeHands(HostPort address) {
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(address.host(), address.port()), PATIENCE_MILLIS);
            plain.setSoTimeout(PATIENCE_MILLIS);
            try (SSLSocket tls = (SSLSocket)
                    context().getSocketFactory().createSocket(plain, address.host(), address.port(), true)) {
                SSLParameters parameters = tls.getSSLParameters();
                parameters.setProtocols(new String[] {"TLSv1.3"});
                parameters.setApplicationProtocols(new String[] {"h2"});
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                tls.setSSLParameters(parameters);
                tls.startHandshake();
                X509Certificate shown = (X509Certificate) tls.getSession().getPeerCertificates()[0];
                return List.of(
                        Finding.ok("aggregator", address + " answers, and its certificate is this federation's"),
                        time(shown));
            }
        } catch (IOException | GeneralSecurityException e) {
            return List.of(Finding.broken(
                    "aggregator",
                    address + ": " + e.getMessage(),
                    "ask its operator, or look at the network between; statements wait meanwhile"));
        }
    }

    private Finding time(X509Certificate shown) {
        Instant now = clock.instant();
        Instant from = shown.getNotBefore().toInstant();
        Instant to = shown.getNotAfter().toInstant();
        return now.isBefore(from) || now.isAfter(to)
                ? Finding.broken(
                        "clock",
                        "here it is " + now + ", the aggregator's certificate is of " + from + " to " + to,
                        "set the clock")
                : Finding.ok("clock", "inside the life of the aggregator's certificate");
    }

    private SSLContext context() throws IOException, GeneralSecurityException {
        MutualTls.Credentials credentials = identity.credentials();
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry(
                "node", credentials.key(), new char[0], credentials.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, new char[0]);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", credentials.ca());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
