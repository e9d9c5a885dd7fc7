package dev.weft.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.accept.AdminActions;
import dev.weft.aggregator.config.HostPort;
import dev.weft.aggregator.http.LogApi;
import dev.weft.aggregator.http.LogReaders;
import dev.weft.aggregator.members.ClientCertificates;
import dev.weft.aggregator.members.MutualTls;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.CertificateAuthority;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.TlsKey;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.standing.Standing;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tools read the log over HTTPS, and only those who may. */
class LogApiTest {
    @TempDir
    Path folder;

    /** The lab's own time is another one, and a tool's clock cannot be set. */
    private CertificateAuthority today;

    private Lab lab;
    private Site anna;
    private LogApi api;

    @BeforeEach
    void open() throws Exception {
        today = CertificateAuthority.create("today", new SecureRandom(), InstantSource.system(), Duration.ofDays(9));
        lab = new Lab(folder.resolve("federation"));
        anna = lab.join("anna");
        api = serve(false);
    }

    @AfterEach
    void close() {
        api.close();
        lab.close();
    }

    private LogApi serve(boolean everybody) throws Exception {
        KeyFiles.Keys keys = lab.federation().keys();
        X509Certificate server =
                today.issueServer(keys.tls().toProto(), List.of("localhost", "127.0.0.1"), Duration.ofDays(9));
        LogApi made = new LogApi(
                new HostPort("127.0.0.1", 0),
                MutualTls.https(keys.tls().keyPair().getPrivate(), List.of(server, today.certificate())),
                LogReaders.of(
                        everybody,
                        new ClientCertificates(
                                lab.federation().directory(),
                                lab.federation().federation().id(),
                                keys.ca().certificate(),
                                Lab.CLOCK),
                        List.of("right")),
                new LogApi.Parts(
                        lab.federation().appender().published(),
                        lab.federation().cosigning(),
                        lab.federation().readers()));
        made.start();
        return made;
    }

    private X509Certificate certificate(TlsKey key, String member) throws Exception {
        return lab.federation()
                .keys()
                .ca()
                .issueMember(
                        Certificates.request(key, lab.federation().federation().id(), new MemberName(member)),
                        lab.federation().federation().id(),
                        new MemberName(member),
                        Duration.ofDays(9));
    }

    private HttpClient client(Optional<TlsKey> key, X509Certificate... chain) throws Exception {
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("ca", today.certificate());
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(trust);
        KeyManager[] keys = {};
        if (key.isPresent()) {
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            own.setKeyEntry("own", key.get().keyPair().getPrivate(), new char[0], chain);
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(own, new char[0]);
            keys = factory.getKeyManagers();
        }
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys, trusted.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).build();
    }

    private HttpResponse<byte[]> get(HttpClient client, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://" + api.address() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private int code(String... headers) throws Exception {
        return get(client(Optional.empty()), "/checkpoint", headers).statusCode();
    }

    @Test
    void stranger_isRefused_andATokenOrAMemberLetIn() throws Exception {
        assertThat(code()).isEqualTo(401);
        assertThat(code("Authorization", "Bearer wrong")).isEqualTo(401);
        assertThat(code("Authorization", "Bearer right")).isEqualTo(200);
        X509Certificate ca = lab.federation().keys().ca().certificate();
        HttpClient member = client(Optional.of(anna.tlsKey()), certificate(anna.tlsKey(), "anna"), ca);
        assertThat(get(member, "/checkpoint").statusCode()).isEqualTo(200);
        TlsKey other = TlsKey.generate(new SecureRandom());
        assertThat(get(client(Optional.of(other), certificate(other, "anna"), ca), "/checkpoint")
                        .statusCode())
                .isEqualTo(403);
        assertThat(get(client(Optional.of(other), certificate(other, "nobody"), ca), "/checkpoint")
                        .statusCode())
                .isEqualTo(403);
        new AdminActions(lab.federation().appender()).suspend(anna.name()).get();
        assertThat(get(member, "/checkpoint").statusCode()).isEqualTo(403);
    }

    @Test
    void publicLog_isForEverybody() throws Exception {
        api.close();
        api = serve(true);
        assertThat(code()).isEqualTo(200);
    }

    @Test
    void checkpointTilesEntriesAndProof_giveTheLog() throws Exception {
        HttpClient tool = client(Optional.empty());
        String[] token = {"Authorization", "Bearer right"};
        Standing standing = lab.federation().appender().standing();
        HttpResponse<byte[]> note = get(tool, "/checkpoint", token);
        assertThat(note.headers().firstValue("Cache-Control")).contains("no-cache");
        Checkpoint checkpoint = Checkpoint.open(
                ByteString.copyFrom(note.body()),
                NoteVerifier.ed25519(standing.origin(), standing.logKeys().get(0)));
        assertThat(checkpoint.head().size()).isEqualTo(2);

        HttpResponse<byte[]> tile = get(tool, "/tile/0/000.p/2", token);
        assertThat(tile.headers().firstValue("Cache-Control").orElseThrow()).contains("immutable");
        List<Digest> leaves = List.of(
                Digest.of(ByteString.copyFrom(tile.body(), 0, 32)),
                Digest.of(ByteString.copyFrom(tile.body(), 32, 32)));
        assertThat(MerkleMath.head(leaves)).isEqualTo(checkpoint.head());

        byte[] bundle = get(tool, "/tile/entries/000.p/1", token).body();
        ByteString genesis = ByteString.copyFrom(bundle, 2, bundle.length - 2);
        assertThat(((bundle[0] & 0xff) << 8) + (bundle[1] & 0xff)).isEqualTo(genesis.size());
        assertThat(MerkleMath.leafHash(genesis)).isEqualTo(leaves.get(0));

        String proof = new String(get(tool, "/tlog-proof/1", token).body(), StandardCharsets.UTF_8);
        List<ByteString> path = new ArrayList<>();
        String[] lines = proof.split("\n", -1);
        for (int i = 2; !lines[i].isEmpty(); i++) {
            path.add(ByteString.copyFrom(Base64.getDecoder().decode(lines[i])));
        }
        InclusionProof.parse(1, 2, path).verify(leaves.get(1), checkpoint.head());

        assertThat(get(tool, "/tile/0/000", token).statusCode()).isEqualTo(404);
        assertThat(get(tool, "/tile/0/000.p/3", token).statusCode()).isEqualTo(404);
        assertThat(get(tool, "/tlog-proof/2", token).statusCode()).isEqualTo(404);
        assertThat(get(tool, "/tlog-proof/01", token).statusCode()).isEqualTo(400);
        assertThat(get(tool, "/else", token).statusCode()).isEqualTo(404);
    }

    @Test
    void checkpointOfALogWithWitnesses_isTheNewestFinalOne() throws Exception {
        lab.lookAfterStreams();
        TestStream stream =
                lab.connect(anna).witness(lab.federation().appender().standing(), anna);
        long policy = lab.policy(Lab.witnesses(1, 0, anna));
        assertThat(stream.finality(policy)).isNotNull();
        String note = new String(
                get(client(Optional.empty()), "/checkpoint", "Authorization", "Bearer right")
                        .body(),
                StandardCharsets.UTF_8);
        assertThat(note.lines().filter(line -> line.startsWith("— "))).hasSize(2);
    }
}
