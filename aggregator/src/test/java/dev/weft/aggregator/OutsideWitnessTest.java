package dev.weft.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weft.aggregator.publish.OutsideWitness;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.ConsistencyProof;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Cosignature;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.note.WitnessRequest;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.v1.Policy;
import dev.weft.proto.v1.Witness;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A witness that knows C2SP alone makes a checkpoint final. */
class OutsideWitnessTest {
    private static final String NAME = "witness.example/w1";

    @TempDir
    Path folder;

    private final SigningKey key = SigningKey.generate(new SecureRandom());
    private final AtomicInteger requests = new AtomicInteger();
    private volatile TreeHead known = TreeHead.EMPTY;
    private volatile int failWith;
    private Lab lab;
    private HttpServer server;

    @BeforeEach
    void open() throws Exception {
        lab = new Lab(folder.resolve("federation"));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/w/add-checkpoint", this::handle);
        server.start();
    }

    @AfterEach
    void close() {
        lab.close();
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        try {
            answer(exchange, WitnessRequest.parse(ByteString.readFrom(exchange.getRequestBody())));
        } catch (VerificationException e) {
            send(exchange, 422, e.getMessage());
        }
    }

    private void answer(HttpExchange exchange, WitnessRequest request) throws IOException, VerificationException {
        Standing standing = lab.federation().appender().standing();
        Checkpoint checkpoint = Checkpoint.open(
                request.note(),
                NoteVerifier.ed25519(standing.origin(), standing.logKeys().get(0)));
        if (failWith != 0) {
            send(exchange, failWith, "no");
        } else if (request.oldSize() != known.size()) {
            send(exchange, 409, known.size() + "\n");
        } else {
            ConsistencyProof.parse(known.size(), checkpoint.head().size(), request.proof())
                    .verify(known, checkpoint.head());
            known = checkpoint.head();
            send(
                    exchange,
                    200,
                    Cosignature.sign(checkpoint, NAME, key, Instant.parse("2026-11-21T08:00:01Z"))
                            .line()
                            .line());
        }
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void join() {
        OutsideWitness.join(
                new OutsideWitness.Address(
                        NoteVerifier.cosigner(NAME, key.verifyingKey()),
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/w/")),
                lab.federation().cosigning());
    }

    private long policy() throws Exception {
        return lab.policy(Policy.newBuilder()
                .setK(1)
                .addWitnesses(Witness.newBuilder()
                        .setName(NAME)
                        .setOrganisation("Somebody else")
                        .setKey(key.verifyingKey().toProto()))
                .build());
    }

    private void awaitFinal(long index) {
        long end = System.nanoTime() + 30_000_000_000L;
        while (lab.federation().cosigning().newest().map(head -> head.size()).orElse(0L) <= index) {
            assertThat(System.nanoTime()).as("final").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Test
    void witnessThatHasNothing_cosigns() throws Exception {
        join();
        awaitFinal(policy());
    }

    @Test
    void witnessThatIsFurther_isAskedFromThere() throws Exception {
        lab.join("anna");
        known = lab.federation().appender().published().current().head();
        join();
        awaitFinal(policy());
        assertThat(requests.get()).isEqualTo(2);
    }

    @Test
    void witnessThatFails_isAskedEverMoreRarely_andSaidInTheStatus() throws Exception {
        failWith = 500;
        join();
        long policy = policy();
        long end = System.nanoTime() + 30_000_000_000L;
        while (requests.get() < 2) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
        assertThat(lab.federation().cosigning().newest()).isEmpty();
        assertThat(lab.federation().cosigning().view().witnesses().get(0).trouble())
                .contains("unavailable");
        failWith = 0;
        awaitFinal(policy);
        assertThat(requests.get()).isLessThan(6);
    }
}
