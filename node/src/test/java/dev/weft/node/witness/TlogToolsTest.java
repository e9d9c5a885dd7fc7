package dev.weft.node.witness;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.node.config.HostPort;
import dev.weft.node.config.NodeConfig.WitnessMode;
import dev.weft.node.http.MirrorRoutes;
import dev.weft.node.http.TlogApi;
import dev.weft.node.http.TlogRoutes;
import dev.weft.node.http.WitnessRoutes;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Cosignature;
import dev.weft.proto.note.Note;
import dev.weft.proto.note.NoteSigner;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.note.WitnessRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tools that know C2SP alone read this node's copy and ask it to cosign. */
class TlogToolsTest {
    private static final HttpClient TOOL = HttpClient.newHttpClient();

    @TempDir
    Path directory;

    private SharedHistory log;
    private WitnessingNode node;
    private @Nullable TlogApi api;

    @BeforeEach
    void open() throws Exception {
        log = new SharedHistory();
        for (int i = 0; i < 300; i++) {
            log.say("hospital-b");
        }
        node = new WitnessingNode(directory, log, WitnessMode.MIRROR);
        node.largestBatch = 1_000;
    }

    @AfterEach
    void close() throws Exception {
        if (api != null) {
            api.close();
        }
        node.close();
    }

    private void serve(TlogRoutes routes) throws Exception {
        api = new TlogApi(new HostPort("127.0.0.1", 0), "test", routes);
        api.start();
    }

    private HttpResponse<byte[]> get(String path) throws Exception {
        return TOOL.send(
                HttpRequest.newBuilder(URI.create(
                                "http://" + Objects.requireNonNull(api).address() + path))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    private HttpResponse<String> add(String body) throws Exception {
        return TOOL.send(
                HttpRequest.newBuilder(URI.create(
                                "http://" + Objects.requireNonNull(api).address() + "/add-checkpoint"))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> add(long old, List<ByteString> proof, ByteString note) throws Exception {
        return add(new WitnessRequest(old, proof, note).encode().toStringUtf8());
    }

    @Test
    void copy_isServedAsFarAsItGaveASignedRoot() throws Exception {
        serve(new MirrorRoutes(node.witness, node.finality, node.sharedLog));
        assertThat(get("/checkpoint").statusCode()).isEqualTo(503);
        node.checkpoint(log);
        WitnessingNode.until("copied", () -> node.witness.copied() == log.size());
        Checkpoint checkpoint =
                Checkpoint.open(ByteString.copyFrom(get("/checkpoint").body()), log.verifier());
        assertThat(checkpoint.head()).isEqualTo(log.head());
        List<Digest> leaves = new ArrayList<>();
        for (String path : new String[] {"/tile/0/000", "/tile/0/001.p/45"}) {
            ByteString tile = ByteString.copyFrom(get(path).body());
            for (int at = 0; at < tile.size(); at += Digest.SIZE) {
                leaves.add(Digest.of(tile.substring(at, at + Digest.SIZE)));
            }
        }
        assertThat(MerkleMath.head(leaves)).isEqualTo(log.head());
        byte[] bundle = get("/tile/entries/001.p/1").body();
        assertThat(ByteString.copyFrom(bundle, 2, bundle.length - 2))
                .isEqualTo(log.entries(256, 1).get(0));
        assertThat(new String(get("/tlog-proof/256").body(), StandardCharsets.UTF_8))
                .startsWith("c2sp.org/tlog-proof@v1\nindex 256\n");
        assertThat(get("/tile/0/001.p/46").statusCode()).isEqualTo(404);
        assertThat(get("/tlog-proof/301").statusCode()).isEqualTo(404);
        assertThat(get("/v1/status").statusCode()).isEqualTo(404);
    }

    @Test
    void finalCheckpoint_isServedWithItsQuorum() throws Exception {
        serve(new MirrorRoutes(node.witness, node.finality, node.sharedLog));
        long policy = log.policy(2, 0, "a", "b", "c");
        node.checkpoint(log);
        WitnessingNode.until("copied", () -> node.witness.copied() == log.size());
        node.finality.accept(log.finality(log.cosigned(log.size(), "a", "b", "c"), log.size(), policy)
                .build());
        Note note = Note.parse(ByteString.copyFrom(get("/checkpoint").body()));
        assertThat(note.signatures()).hasSize(3);
    }

    @Test
    void plainWitness_answersAsC2spSays() throws Exception {
        serve(new WitnessRoutes(node.witness, SharedHistory.ORIGIN));
        node.checkpoint(log);
        String monitor = "/"
                + Hashing.sha256(SharedHistory.ORIGIN.getBytes(StandardCharsets.UTF_8))
                        .hex() + "/checkpoint";
        assertThat(get(monitor).statusCode()).isEqualTo(404);
        HttpResponse<String> first = add(0, List.of(), log.note());
        assertThat(first.statusCode()).isEqualTo(200);
        NoteVerifier self = NoteVerifier.cosigner(
                WitnessingNode.NAME, log.witness(WitnessingNode.NAME).verifyingKey());
        Cosignature.parse(ByteString.copyFromUtf8(first.body()))
                .get(0)
                .verify(new Checkpoint(SharedHistory.ORIGIN, log.head()).text(), self);
        Note last = Note.parse(ByteString.copyFrom(get(monitor).body()));
        assertThat(last.signatures()).hasSize(2);

        long old = log.size();
        log.say("hospital-b");
        HttpResponse<String> conflict = add(0, List.of(), log.note());
        assertThat(conflict.statusCode()).isEqualTo(409);
        assertThat(conflict.body()).isEqualTo(old + "\n");
        assertThat(conflict.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/x.tlog.size");
        assertThat(add(old, log.consistency(1, old), log.note()).statusCode()).isEqualTo(422);
        assertThat(add(old, log.consistency(old, log.size()), log.note()).statusCode())
                .isEqualTo(200);
        assertThat(node.witness.view().cosigned()).isEqualTo(log.size());
    }

    @Test
    void plainWitness_refusesWhatIsNotTheLogs() throws Exception {
        serve(new WitnessRoutes(node.witness, SharedHistory.ORIGIN));
        SigningKey mallory = SigningKey.generate(new SecureRandom());
        Checkpoint checkpoint = new Checkpoint(SharedHistory.ORIGIN, log.head());
        assertThat(add(0, List.of(), Checkpoint.sign(checkpoint, NoteSigner.ed25519(SharedHistory.ORIGIN, mallory)))
                        .statusCode())
                .isEqualTo(403);
        assertThat(add(
                                0,
                                List.of(),
                                Checkpoint.sign(
                                        new Checkpoint("other/log/1", log.head()),
                                        NoteSigner.ed25519("other/log/1", mallory)))
                        .statusCode())
                .isEqualTo(404);
        assertThat(add("nothing").statusCode()).isEqualTo(400);
        assertThat(add(log.size() + 1, List.of(), log.note()).statusCode()).isEqualTo(400);
        assertThat(node.witness.view().cosigned()).isZero();
    }
}
