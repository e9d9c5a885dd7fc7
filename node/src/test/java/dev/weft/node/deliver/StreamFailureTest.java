package dev.weft.node.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proto.v1.EnrolmentGrpc;
import dev.weft.proto.v1.RenewRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

/** Failures of real connections, and what people read of them. */
class StreamFailureTest {

    @Test
    void nobodyListens_saysSo() throws Exception {
        int port = freePort();

        String said = describe("127.0.0.1", port);

        assertThat(said)
                .contains("cannot be reached", "nothing listens at 127.0.0.1:" + port, "ask its operator")
                .doesNotContain("io exception", "Exception");
    }

    @Test
    void unknownName_saysWhatToCheck() {
        assertThat(describe("no-such-host.invalid", 7443))
                .contains("the name in no-such-host.invalid:7443 is not known here", "DNS")
                .doesNotContain("io exception", "Exception");
    }

    @Test
    void connectionThatIsCut_saysWhereToLook() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread hangUp = new Thread(() -> hangUp(server));
            hangUp.start();

            assertThat(describe("127.0.0.1", server.getLocalPort()))
                    .contains("was lost", "network")
                    .doesNotContain("io exception", "Exception", "Network closed");
        }
    }

    @Test
    void handshake_pointsToTheDoctor() {
        Status status = Status.UNAVAILABLE
                .withDescription("io exception")
                .withCause(new SSLHandshakeException("bad certificate"));

        assertThat(StreamFailure.describe(status, "a:1")).contains("TLS", "bad certificate", "doctor");
    }

    @Test
    void foreignServer_isToldFromOneThatIsDown() {
        assertThat(StreamFailure.describe(Status.UNIMPLEMENTED, "a:1")).contains("a:1", "does not speak this protocol");
        assertThat(StreamFailure.describe(Status.PERMISSION_DENIED.withDescription("revoked"), "a:1"))
                .contains("does not let this node in", "revoked");
        assertThat(StreamFailure.describe(Status.OK, "a:1")).contains("ended the stream");
    }

    private static String describe(String host, int port) {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress(host, port).usePlaintext().build();
        try {
            EnrolmentGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .renew(RenewRequest.getDefaultInstance());
            throw new AssertionError("somebody answered");
        } catch (StatusRuntimeException e) {
            return StreamFailure.describe(e.getStatus(), host + ":" + port);
        } finally {
            channel.shutdownNow();
        }
    }

    private static void hangUp(ServerSocket server) {
        try {
            server.accept().close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return server.getLocalPort();
        }
    }
}
