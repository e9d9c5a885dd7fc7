package dev.weft.it.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.weft.it.relay.Relayed.Direction;
import dev.weft.it.relay.Relayed.Kind;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.CertificateAuthority;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.TlsKey;
import dev.weft.proto.v1.AggregatorMessage;
import dev.weft.proto.v1.EnrolmentGrpc;
import dev.weft.proto.v1.ExchangeGrpc;
import dev.weft.proto.v1.Hello;
import dev.weft.proto.v1.JoinRequest;
import dev.weft.proto.v1.JoinResponse;
import dev.weft.proto.v1.NodeMessage;
import dev.weft.proto.v1.Submission;
import dev.weft.proto.v1.Welcome;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelayTest {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Digest FEDERATION = Digest.of(new byte[32]);

    @TempDir
    private Path dir;

    private final Recording recording = new Recording();
    private Server aggregator;
    private Relay relay;
    private ManagedChannel site;

    @BeforeEach
    void start() throws Exception {
        CertificateAuthority ca =
                CertificateAuthority.create("demo", RANDOM, InstantSource.system(), Duration.ofDays(1));
        TlsKey serverKey = TlsKey.generate(RANDOM);
        TlsKey siteKey = TlsKey.generate(RANDOM);
        String caPem = Certificates.toPem(List.of(ca.certificate()));
        String serverChain = Certificates.toPem(List.of(
                ca.issueServer(serverKey.toProto(), List.of("127.0.0.1"), Duration.ofDays(1)), ca.certificate()));
        MemberName name = MemberName.parse("hospital-a");
        String siteChain = Certificates.toPem(List.of(
                ca.issueMember(Certificates.request(siteKey, FEDERATION, name), FEDERATION, name, Duration.ofDays(1)),
                ca.certificate()));
        write("aggregator", serverKey, serverChain, ca);
        write("hospital-a", siteKey, siteChain, ca);
        aggregator = Grpc.newServerBuilderForPort(
                        0,
                        TlsServerCredentials.newBuilder()
                                .keyManager(stream(serverChain), stream(serverKey.toPem()))
                                .trustManager(stream(caPem))
                                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                                .build())
                .addService(new FakeExchange())
                .addService(new FakeEnrolment())
                .build()
                .start();
        relay = new Relay(
                "hospital-a",
                dir.resolve("hospital-a"),
                dir.resolve("aggregator"),
                () -> "127.0.0.1:" + aggregator.getPort(),
                recording);
        site = Grpc.newChannelBuilder(
                        relay.address(),
                        TlsChannelCredentials.newBuilder()
                                .keyManager(stream(siteChain), stream(siteKey.toPem()))
                                .trustManager(stream(caPem))
                                .build())
                .build();
    }

    @AfterEach
    void stop() {
        site.shutdownNow();
        relay.close();
        aggregator.shutdownNow();
    }

    @Test
    void stream_passesBothWaysAndIsRecorded() throws Exception {
        BlockingQueue<AggregatorMessage> answers = new ArrayBlockingQueue<>(1000);
        StreamObserver<NodeMessage> up = ExchangeGrpc.newStub(site).connect(new Collector(answers));
        NodeMessage hello = NodeMessage.newBuilder()
                .setHello(Hello.newBuilder().setSoftware("test"))
                .build();
        up.onNext(hello);
        assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo(FakeExchange.WELCOME);
        NodeMessage large = NodeMessage.newBuilder()
                .setSubmission(Submission.newBuilder().setEnvelope(ByteString.copyFrom(new byte[60_000])))
                .build();
        for (int i = 0; i < 200; i++) {
            up.onNext(large);
        }
        for (int i = 0; i < 200; i++) {
            assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo(FakeExchange.WELCOME);
        }
        up.onCompleted();
        assertThat(recording.messages("weft.v1.Exchange/Connect", Direction.UP))
                .hasSize(201)
                .first()
                .satisfies(first -> assertThat(first.bytes()).isEqualTo(hello.toByteString()));
        assertThat(recording.messages("weft.v1.Exchange/Connect", Direction.DOWN))
                .hasSize(201);
        assertThat(recording.bytes("hospital-a", Direction.UP)).isGreaterThan(200 * 60_000);
    }

    @Test
    void refusal_passesWithItsStatus() {
        StatusRuntimeException refused = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> EnrolmentGrpc.newBlockingStub(site).join(JoinRequest.getDefaultInstance()));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(refused.getStatus().getDescription()).isEqualTo("invitation-used");
        assertThat(recording.all())
                .anyMatch(
                        r -> r.kind() == Kind.STATUS && r.bytes().toStringUtf8().contains("invitation-used"));
    }

    private void write(String name, TlsKey key, String chain, CertificateAuthority ca) throws IOException {
        Path keys = Files.createDirectories(dir.resolve(name).resolve("keys"));
        Files.writeString(keys.resolve("tls.key"), key.toPem());
        Files.writeString(keys.resolve("tls.crt"), chain);
        Files.writeString(keys.resolve("ca.pem"), Certificates.toPem(List.of(ca.certificate())));
        Files.writeString(keys.resolve("ca.key"), ca.keyPem());
    }

    private static InputStream stream(String pem) {
        return new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8));
    }

    private record Collector(BlockingQueue<AggregatorMessage> into) implements StreamObserver<AggregatorMessage> {
        @Override
        public void onNext(AggregatorMessage message) {
            into.add(message);
        }

        @Override
        public void onError(Throwable t) {}

        @Override
        public void onCompleted() {}
    }

    /** Answers each message with a welcome. */
    private static final class FakeExchange extends ExchangeGrpc.ExchangeImplBase {
        static final AggregatorMessage WELCOME = AggregatorMessage.newBuilder()
                .setWelcome(Welcome.newBuilder().setOrigin("demo/log/1"))
                .build();

        @Override
        public StreamObserver<NodeMessage> connect(StreamObserver<AggregatorMessage> down) {
            return new StreamObserver<>() {
                @Override
                public void onNext(NodeMessage message) {
                    down.onNext(WELCOME);
                }

                @Override
                public void onError(Throwable t) {}

                @Override
                public void onCompleted() {
                    down.onCompleted();
                }
            };
        }
    }

    private static final class FakeEnrolment extends EnrolmentGrpc.EnrolmentImplBase {
        @Override
        public void join(JoinRequest request, StreamObserver<JoinResponse> answer) {
            answer.onError(
                    Status.PERMISSION_DENIED.withDescription("invitation-used").asRuntimeException());
        }
    }
}
