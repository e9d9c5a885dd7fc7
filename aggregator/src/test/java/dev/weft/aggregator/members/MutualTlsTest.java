package dev.weft.aggregator.members;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proto.identity.CertificateAuthority;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.TlsKey;
import dev.weft.proto.v1.EnrolmentGrpc;
import dev.weft.proto.v1.JoinRequest;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The handshake, with each TLS implementation that is here. A method that nobody serves shows who got through. */
@SuppressWarnings("NullAway.Init") // set before each test
class MutualTlsTest {

    private final SecureRandom random = new SecureRandom();
    private final CertificateAuthority ca =
            CertificateAuthority.create("demo", random, InstantSource.system(), Duration.ofDays(1));
    private Server server;
    private ManagedChannel channel;

    static Stream<SslProvider> providers() {
        return OpenSsl.isAvailable() ? Stream.of(SslProvider.JDK, SslProvider.OPENSSL) : Stream.of(SslProvider.JDK);
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    @ParameterizedTest
    @MethodSource("providers")
    void handshake_selfSignedCertificate_passes(SslProvider provider) throws Exception {
        TlsKey key = TlsKey.generate(random);
        Instant now = Instant.now();
        X509Certificate self = Certificates.selfSigned(key, "newcomer", now.minusSeconds(60), now.plusSeconds(60));
        assertThat(call(provider, client().keyManager(key.keyPair().getPrivate(), self)))
                .isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void handshake_endedCertificate_passes(SslProvider provider) throws Exception {
        TlsKey key = TlsKey.generate(random);
        Instant now = Instant.now();
        X509Certificate ended = Certificates.selfSigned(key, "lapsed", now.minusSeconds(60), now.minusSeconds(30));
        assertThat(call(provider, client().keyManager(key.keyPair().getPrivate(), ended)))
                .isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void handshake_noCertificate_fails(SslProvider provider) throws Exception {
        assertThat(call(provider, client())).isEqualTo(Status.Code.UNAVAILABLE);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void handshake_olderTls_fails(SslProvider provider) throws Exception {
        TlsKey key = TlsKey.generate(random);
        Instant now = Instant.now();
        X509Certificate self = Certificates.selfSigned(key, "newcomer", now.minusSeconds(60), now.plusSeconds(60));
        assertThat(call(
                        provider,
                        client().keyManager(key.keyPair().getPrivate(), self).protocols("TLSv1.2")))
                .isEqualTo(Status.Code.UNAVAILABLE);
    }

    private SslContextBuilder client() {
        return SslContextBuilder.forClient().trustManager(ca.certificate()).protocols("TLSv1.3");
    }

    private Status.Code call(SslProvider provider, SslContextBuilder client) throws Exception {
        TlsKey key = TlsKey.generate(random);
        List<X509Certificate> chain = List.of(ca.issueServer(key.toProto(), List.of("127.0.0.1"), Duration.ofHours(1)));
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sslContext(MutualTls.server(key.keyPair().getPrivate(), chain, provider))
                .directExecutor()
                .build()
                .start();
        SslContext context = GrpcSslContexts.configure(client, SslProvider.JDK).build();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .sslContext(context)
                .build();
        try {
            var unused = ClientCalls.blockingUnaryCall(
                    channel,
                    EnrolmentGrpc.getJoinMethod(),
                    CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
                    JoinRequest.getDefaultInstance());
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }
}
