package dev.weft.it.relay;

import io.grpc.CallOptions;
import io.grpc.HandlerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** The relay of one member. */
public final class Relay implements AutoCloseable {

    private static final int LARGEST = 16 << 20;

    private final String member;
    private final Path nodeDir;
    private final Path aggregatorDir;
    private volatile Supplier<String> aggregatorAddress;
    private volatile Tampering tampering = Tampering.NONE;
    private final Recording recording;
    private final Server server;
    private Optional<Outbound> outbound = Optional.empty();

    private record Outbound(String address, KeyFiles keys, ManagedChannel channel) {}

    /**
     * Starts to listen on a free loopback port, with the aggregator's key and certificate.
     *
     * @param member its name
     * @param nodeDir its directory; the keys need not be there before its first call
     * @param aggregatorDir the aggregator's directory
     * @param aggregatorAddress where the aggregator listens now, host:port; asked for each call
     * @param recording gets everything that passes
     */
    public Relay(
            String member, Path nodeDir, Path aggregatorDir, Supplier<String> aggregatorAddress, Recording recording) {
        this.member = member;
        this.nodeDir = nodeDir;
        this.aggregatorDir = aggregatorDir;
        this.aggregatorAddress = aggregatorAddress;
        this.recording = recording;
        KeyFiles keys = KeyFiles.ofAggregator(aggregatorDir, InstantSource.system());
        try {
            this.server = NettyServerBuilder.forAddress(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            TlsServerCredentials.newBuilder()
                                    .keyManager(stream(keys.chain()), stream(keys.key()))
                                    .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                                    .trustManager(new Anybody())
                                    .build())
                    .fallbackHandlerRegistry(new Everything())
                    .maxInboundMessageSize(LARGEST)
                    .permitKeepAliveTime(1, TimeUnit.SECONDS)
                    .permitKeepAliveWithoutCalls(true)
                    .directExecutor()
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("the relay of " + member + " cannot listen", e);
        }
    }

    /** Where the member is to dial, host:port. */
    public String address() {
        return "127.0.0.1:" + server.getPort();
    }

    /** From now on messages on their way down go through this. */
    public void tamper(Tampering how) {
        tampering = how;
    }

    /** From now on the member talks to an aggregator at another address; what was open ends. */
    public void turnTo(Supplier<String> address) {
        aggregatorAddress = address;
        hangUp();
    }

    /** Ends what is open, as a network does. */
    public synchronized void hangUp() {
        outbound.ifPresent(way -> way.channel().shutdownNow());
        outbound = Optional.empty();
    }

    @Override
    public void close() {
        server.shutdownNow();
        synchronized (this) {
            outbound.ifPresent(way -> way.channel().shutdownNow());
        }
    }

    /** One channel for as long as the aggregator's address and the member's certificate stay the same. */
    private synchronized ManagedChannel channel() {
        String address = aggregatorAddress.get();
        KeyFiles keys = KeyFiles.ofMember(nodeDir, InstantSource.system());
        if (outbound.filter(way -> way.address().equals(address) && way.keys().equals(keys))
                .isEmpty()) {
            outbound.ifPresent(way -> way.channel().shutdown());
            outbound = Optional.of(new Outbound(address, keys, dial(address, keys)));
        }
        return outbound.orElseThrow().channel();
    }

    private ManagedChannel dial(String address, KeyFiles keys) {
        try {
            return NettyChannelBuilder.forTarget(
                            "dns:///" + address,
                            TlsChannelCredentials.newBuilder()
                                    .keyManager(stream(keys.chain()), stream(keys.key()))
                                    .trustManager(stream(KeyFiles.read(
                                            aggregatorDir.resolve("keys").resolve("ca.pem"))))
                                    .build())
                    .maxInboundMessageSize(LARGEST)
                    .directExecutor()
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException("the relay of " + member + " cannot use the keys in " + nodeDir, e);
        }
    }

    private static InputStream stream(String pem) {
        return new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8));
    }

    /** Answers for every method there is. */
    private final class Everything extends HandlerRegistry {
        @Override
        public ServerMethodDefinition<?, ?> lookupMethod(String name, @Nullable String authority) {
            return ServerMethodDefinition.create(ByteCodec.method(name), this::call);
        }

        private ServerCall.Listener<byte[]> call(ServerCall<byte[], byte[]> site, Metadata headers) {
            var aggregator = channel()
                    .newCall(ByteCodec.method(site.getMethodDescriptor().getFullMethodName()), CallOptions.DEFAULT);
            return new RelayedCall(member, recording, () -> tampering, site, aggregator).start(headers);
        }
    }

    /** The relay judges nobody: the aggregator does, when the same key and certificate reach it. */
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
