package dev.weft.aggregator.members;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;

/**
 * TLS of the gRPC listener: 1.3 alone, and every client shows a certificate and proves its key. Which certificate that
 * is, the handshake does not judge, because newcomers have none yet and a lapsed member must be able to renew:
 * {@link PeerIdentity} judges it at every call. A server with this context and without that interceptor is open to all.
 */
public final class MutualTls {

    private MutualTls() {}

    /** The name of the TLS implementation in use, {@code tcnative} or {@code jdk}; for logs and metrics. */
    public static String provider() {
        return OpenSsl.isAvailable() ? "tcnative" : "jdk";
    }

    /**
     * The listener's context, native where the library loads.
     *
     * @param chain leaf first
     * @throws SSLException where key and certificates do not belong together
     */
    public static SslContext server(PrivateKey key, List<X509Certificate> chain) throws SSLException {
        return server(key, chain, OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK);
    }

    /**
     * A context for HTTPS, whose clients may show a certificate: {@link ClientCertificates} judges it.
     *
     * @param chain leaf first
     * @throws GeneralSecurityException where key and certificates do not belong together
     */
    public static SSLContext https(PrivateKey key, List<X509Certificate> chain) throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, null);
        } catch (IOException e) {
            throw new GeneralSecurityException("an empty key store cannot be made", e);
        }
        store.setKeyEntry("server", key, new char[0], chain.toArray(new X509Certificate[0]));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys.getKeyManagers(), new TrustManager[] {new AnyClientCertificate()}, null);
        return context;
    }

    static SslContext server(PrivateKey key, List<X509Certificate> chain, SslProvider provider) throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forServer(key, chain.toArray(new X509Certificate[0]))
                .protocols("TLSv1.3")
                .clientAuth(ClientAuth.REQUIRE)
                .trustManager(new AnyClientCertificate());
        return GrpcSslContexts.configure(builder, provider).build();
    }
}
