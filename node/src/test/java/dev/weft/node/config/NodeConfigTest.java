package dev.weft.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeConfigTest {
    @TempDir
    Path directory;

    private void file(String text) throws IOException {
        Files.writeString(directory.resolve(NodeConfig.FILE), text);
    }

    private NodeConfig load(Map<String, String> environment, Map<String, String> flags) throws ConfigException {
        return NodeConfig.load(directory, environment, flags);
    }

    @Test
    void value_isTakenFromFlagThenEnvironmentThenFileThenDefault() throws Exception {
        assertThat(load(Map.of(), Map.of()).delivery().window()).isEqualTo(256);
        file("delivery.window = 10\n");
        assertThat(load(Map.of(), Map.of()).delivery().window()).isEqualTo(10);
        Map<String, String> environment = Map.of("WEFT_DELIVERY_WINDOW", "20", "PATH", "/bin");
        assertThat(load(environment, Map.of()).delivery().window()).isEqualTo(20);
        NodeConfig config = load(environment, Map.of("delivery.window", "30"));
        assertThat(config.delivery().window()).isEqualTo(30);
        assertThat(config.settings().get(Key.DELIVERY_WINDOW).origin()).isEqualTo(Origin.FLAG);
    }

    @Test
    void unknownKey_isRefusedWithTheNearest() throws Exception {
        file("http.adress = 127.0.0.1:1\n");
        assertThatThrownBy(() -> load(Map.of(), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("http.adress")
                .hasMessageContaining("did you mean 'http.address'?")
                .hasMessageContaining("node.properties");
    }

    @Test
    void unknownVariable_isRefusedWithTheNearest() {
        assertThatThrownBy(() -> load(Map.of("WEFT_HTTP_ADRESS", "127.0.0.1:1"), Map.of()))
                .hasMessageContaining("did you mean 'WEFT_HTTP_ADDRESS'?");
    }

    @Test
    void unknownFlag_isRefusedWithoutASuggestionWhereNothingIsNear() {
        assertThatThrownBy(() -> load(Map.of(), Map.of("colour", "red")))
                .hasMessageContaining("'colour' after --set")
                .hasMessageNotContaining("did you mean");
    }

    @Test
    void variablesOfTheScripts_areNoSettings() throws Exception {
        assertThat(load(Map.of("WEFT_LOG_LEVEL", "DEBUG", "WEFT_DIR", "/x"), Map.of())
                        .settings()
                        .all())
                .allMatch(setting -> setting.origin() == Origin.DEFAULT);
    }

    @Test
    void relativePath_isAgainstTheDirectory() throws Exception {
        assertThat(load(Map.of(), Map.of()).releasePolicy()).isEqualTo(directory.resolve("release.policy"));
        assertThat(load(Map.of(), Map.of("release.policy", "/elsewhere/a")).releasePolicy())
                .isEqualTo(Path.of("/elsewhere/a"));
    }

    @Test
    void otherAddressWithoutTls_isRefused() {
        assertThatThrownBy(() -> load(Map.of(), Map.of("http.address", "0.0.0.0:7878")))
                .hasMessageContaining("http.tls.keystore");
    }

    @Test
    void otherAddressWithTls_isAccepted() throws Exception {
        NodeConfig config = load(
                Map.of("WEFT_HTTP_TLS_KEYSTORE_PASSWORD", "hush-hush"),
                Map.of("http.address", "0.0.0.0:7878", "http.tls.keystore", "web.p12"));
        assertThat(config.http().tls().orElseThrow().keystore()).isEqualTo(directory.resolve("web.p12"));
        assertThat(config.http().toString()).doesNotContain("hush");
    }

    @Test
    void secret_isMaskedWhereItIsShown() throws Exception {
        NodeConfig config = load(Map.of("WEFT_HTTP_TLS_KEYSTORE_PASSWORD", "hush-hush"), Map.of());
        assertThat(config.settings().get(Key.HTTP_TLS_KEYSTORE_PASSWORD).shown())
                .isEqualTo("********");
        assertThat(config.settings().get(Key.HTTP_ADDRESS).shown()).isEqualTo("127.0.0.1:7878");
    }

    @Test
    void duration_takesItsUnit() throws Exception {
        assertThat(load(Map.of(), Map.of("delivery.backoff-max", "5m"))
                        .delivery()
                        .backoffMax())
                .isEqualTo(Duration.ofMinutes(5));
        assertThatThrownBy(() -> load(Map.of(), Map.of("delivery.backoff-max", "5")))
                .hasMessageContaining("delivery.backoff-max (flag) is '5'");
    }

    @Test
    void wrongNumber_isRefused() {
        for (String wrong : new String[] {"0", "-1", "ten", "", "99999999999999999999"}) {
            assertThatThrownBy(() -> load(Map.of(), Map.of("delivery.window", wrong)))
                    .isInstanceOf(ConfigException.class);
        }
    }

    @Test
    void address_isParsedInEveryForm() {
        assertThat(HostPort.parse("[::1]:80")).contains(new HostPort("::1", 80));
        assertThat(HostPort.parse("host:0")).contains(new HostPort("host", 0));
        for (String wrong : new String[] {"host", "host:", ":1", "::1:80", "host:65536", "host:-1", "host:x"}) {
            assertThat(HostPort.parse(wrong)).as(wrong).isEmpty();
        }
        assertThat(new HostPort("127.9.9.9", 1).loopback()).isTrue();
        assertThat(new HostPort("127.evil.example", 1).loopback()).isFalse();
        assertThat(new HostPort("::1", 1)).hasToString("[::1]:1");
    }
}
