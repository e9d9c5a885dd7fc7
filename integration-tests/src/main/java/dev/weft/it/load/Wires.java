package dev.weft.it.load;

import dev.weft.proto.identity.TlsKey;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** Connections of all members over one event loop; their callbacks run on it. */
final class Wires implements AutoCloseable {
    private final EventLoopGroup loop;
    private final String address;

    Wires(String address, int threads) {
        this.loop = new MultiThreadIoEventLoopGroup(threads, NioIoHandler.newFactory());
        this.address = address;
    }

    /** A connection of its own for that key and certificate. */
    ManagedChannel open(TlsKey key, List<X509Certificate> chain, X509Certificate ca, ClientInterceptor... watching) {
        return NettyChannelBuilder.forTarget("dns:///" + address)
                .eventLoopGroup(loop)
                .channelType(NioSocketChannel.class)
                .directExecutor()
                .flowControlWindow(1 << 20)
                .maxInboundMessageSize(4 << 20)
                .intercept(watching)
                .sslContext(context(key, chain, ca))
                .build();
    }

    private static SslContext context(TlsKey key, List<X509Certificate> chain, X509Certificate ca) {
        try {
            SslContextBuilder builder = SslContextBuilder.forClient()
                    .keyManager(key.keyPair().getPrivate(), chain.toArray(X509Certificate[]::new))
                    .trustManager(ca)
                    .protocols("TLSv1.3");
            return GrpcSslContexts.configure(builder, OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("the member's key and certificate cannot be used", e);
        }
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
