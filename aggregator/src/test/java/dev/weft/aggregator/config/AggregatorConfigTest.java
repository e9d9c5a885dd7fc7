package dev.weft.aggregator.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AggregatorConfigTest {
    @TempDir
    private Path folder;

    @Test
    void layers_flagBeatsEnvironmentBeatsFileBeatsDefault() throws Exception {
        Files.writeString(
                folder.resolve(AggregatorConfig.FILE),
                "intake.window = 10\nintake.batch-size = 11\nintake.queue = 12\n");
        AggregatorConfig config = AggregatorConfig.load(
                folder,
                Map.of("WEFT_INTAKE_WINDOW", "20", "WEFT_INTAKE_BATCH_SIZE", "21", "PATH", "x"),
                Map.of("intake.window", "30"));
        assertThat(config.intake()).isEqualTo(new AggregatorConfig.Intake(21, Duration.ofMillis(20), 12, 30));
        assertThat(config.anchorFile()).isEqualTo(folder.resolve("aggregator.anchor"));
    }

    @Test
    void unknownKey_suggestsTheNearest() {
        assertThatThrownBy(() -> AggregatorConfig.load(folder, Map.of(), Map.of("grpc.adress", "x:1")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("grpc.address");
        assertThatThrownBy(() -> AggregatorConfig.load(folder, Map.of("WEFT_INTAKE_WINDOWS", "1"), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("WEFT_INTAKE_WINDOW");
    }

    @Test
    void valueOfTheWrongForm_saysWhatIsExpected() {
        assertThatThrownBy(() -> AggregatorConfig.load(folder, Map.of(), Map.of("intake.window", "many")))
                .hasMessageContaining("whole number");
        assertThatThrownBy(() -> AggregatorConfig.load(folder, Map.of(), Map.of("certificate.life", "90")))
                .hasMessageContaining("90d");
        assertThatThrownBy(() -> AggregatorConfig.load(folder, Map.of(), Map.of("grpc.address", "7443")))
                .hasMessageContaining("host:port");
    }
}
