package dev.weft.node.deliver;

import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/** A {@link Peer} over TLS 1.3 with the node's certificate; only the federation's own CA is trusted. */
public final class MutualTls implements Peer, AutoCloseable {
    /** Beyond the largest message of the protocol: a page of 1,000 entries of 65,535 bytes is asked for in parts. */
    private static final int MAX_MESSAGE_BYTES = 16 << 20;

    /** What the node shows and whom it trusts, read anew for every channel. */
    public record Credentials(PrivateKey key, List<X509Certificate> chain, X509Certificate ca) {
        public Credentials {
            chain = List.copyOf(chain);
        }

        @Override
        public String toString() {
            return "Credentials[" + chain.get(0).getSubjectX500Principal() + "]";
        }
    }

    private final List<String> addresses;
    private final Supplier<Credentials> credentials;
    private ManagedChannel channel;
    private boolean open;
    private int next;

    /**
     * Opens nothing yet.
     *
     * @param addresses host:port, at least one; the host must stand in the aggregator's certificate
     */
    @SuppressWarnings("NullAway.Init")
    public MutualTls(List<String> addresses, Supplier<Credentials> credentials) {
        this.addresses = List.copyOf(addresses);
        this.credentials = credentials;
    }

    /** {@code openssl} where the native library loads, else {@code jdk}. */
    public static String provider() {
        return OpenSsl.isAvailable() ? "openssl" : "jdk";
    }

    @Override
    public synchronized ManagedChannel channel() {
        if (!open) {
            channel = build(address());
            open = true;
        }
        return channel;
    }

    @Override
    public synchronized String address() {
        return addresses.get(next % addresses.size());
    }

    @Override
    public synchronized void rotate() {
        if (addresses.size() > 1) {
            next++;
            drop();
        } else if (open) {
            // gRPC's own wait between connections can be two minutes; ours is the one that counts.
            channel.resetConnectBackoff();
        }
    }

    @Override
    public synchronized void renew() {
        drop();
    }

    private void drop() {
        if (open) {
            channel.shutdown();
            open = false;
        }
    }

    private ManagedChannel build(String address) {
        return NettyChannelBuilder.forTarget("dns:///" + address)
                .sslContext(context(credentials.get()))
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .keepAliveTime(30, TimeUnit.SECONDS)
                .keepAliveTimeout(20, TimeUnit.SECONDS)
                .userAgent("weft-node")
                .build();
    }

    private static SslContext context(Credentials credentials) {
        try {
            SslProvider provider = OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
            SslContextBuilder builder = SslContextBuilder.forClient()
                    .keyManager(credentials.key(), credentials.chain().toArray(X509Certificate[]::new))
                    .trustManager(credentials.ca())
                    .protocols("TLSv1.3");
            return GrpcSslContexts.configure(builder, provider).build();
        } catch (SSLException e) {
            throw new IllegalStateException("the node's TLS key and certificate cannot be used: " + e.getMessage(), e);
        }
    }

    @Override
    public synchronized void close() {
        if (open) {
            channel.shutdownNow();
            open = false;
        }
    }
}
