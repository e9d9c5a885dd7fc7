package dev.weft.node.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.weft.node.config.NodeConfig;
import dev.weft.node.db.NodeDatabase;
import dev.weft.node.telemetry.Metrics;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.TlsKey;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The local API with a certificate of its own: HTTPS alone, TLS 1.3 alone, the same checks behind it. */
class HttpsTest {
    private static final String PASSWORD = "hush-hush";

    @TempDir
    Path directory;

    private X509Certificate certificate;
    private NodeDatabase database;
    private Tokens tokens;
    private LocalApi api;

    @BeforeEach
    void open() throws Exception {
        Path keystore = directory.resolve("api.p12");
        certificate = keystore(keystore);
        NodeConfig config = NodeConfig.load(
                directory,
                Map.of("WEFT_HTTP_TLS_KEYSTORE_PASSWORD", PASSWORD),
                Map.of("http.address", "127.0.0.1:0", "http.tls.keystore", keystore.toString()));
        database = NodeDatabase.open(directory);
        tokens = new Tokens(database.writer(), database.readers(), new SecureRandom(), InstantSource.system());
        Metrics metrics = new Metrics();
        api = new LocalApi(config.http(), tokens, metrics, List.of(new StatusRoutes(new Well(), metrics)));
        api.start();
    }

    @AfterEach
    void close() throws Exception {
        api.close();
        database.close();
    }

    private static final class Well implements StatusRoutes.Health {
        @Override
        public JsonObject status() {
            JsonObject status = new JsonObject();
            status.addProperty("member", "hospital-a");
            return status;
        }

        @Override
        public Optional<String> unready() {
            return Optional.empty();
        }
    }

    private static X509Certificate keystore(Path file) throws Exception {
        TlsKey key = TlsKey.generate(new SecureRandom());
        Instant now = InstantSource.system().instant();
        X509Certificate made =
                Certificates.selfSigned(key, "api", now.minus(Duration.ofHours(1)), now.plus(Duration.ofHours(1)));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("api", key.keyPair().getPrivate(), PASSWORD.toCharArray(), new Certificate[] {made});
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return made;
    }

    private String send(String protocol, String request) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("api", certificate);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), new SecureRandom());
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), api.address().port())) {
            socket.setSoTimeout(10_000);
            socket.setEnabledProtocols(new String[] {protocol});
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String get(String path, String headers) throws Exception {
        return send(
                "TLSv1.3",
                "GET " + path + " HTTP/1.1\r\nHost: " + api.address() + "\r\nConnection: close\r\n" + headers + "\r\n");
    }

    @Test
    void https_servesBehindTheSameChecks() throws Exception {
        assertThat(api.url()).startsWith("https://127.0.0.1:");
        assertThat(get("/healthz", "")).startsWith("HTTP/1.1 200");
        assertThat(get("/v1/status", "")).startsWith("HTTP/1.1 401");
        String token = tokens.add("ops", List.of(Scope.READ));
        assertThat(get("/v1/status", "Authorization: Bearer " + token + "\r\n"))
                .startsWith("HTTP/1.1 200")
                .contains("hospital-a");
    }

    @Test
    void origin_mustBeTheHttpsOne() throws Exception {
        assertThat(get("/healthz", "Origin: https://" + api.address() + "\r\n")).startsWith("HTTP/1.1 200");
        assertThat(get("/healthz", "Origin: http://" + api.address() + "\r\n"))
                .startsWith("HTTP/1.1 403")
                .contains("foreign-origin");
    }

    @Test
    void olderTls_isRefused() {
        assertThatThrownBy(() -> send("TLSv1.2", "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .isInstanceOfAny(SSLException.class, SocketException.class);
    }

    @Test
    void plainHttp_getsNoAnswer() throws Exception {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), api.address().port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readAllBytes();
            assertThat(new String(answer, StandardCharsets.ISO_8859_1)).doesNotContain("HTTP/", "alive");
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }
}
