package dev.weft.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireTimeTest {

    @Test
    void parse_printed_givesTheTimeToTheMillisecond() throws VerificationException {
        Instant time = Instant.parse("2026-11-21T08:00:00.123456Z");
        assertThat(WireTime.print(time)).isEqualTo("2026-11-21T08:00:00.123Z");
        assertThat(WireTime.parse("2026-11-21T08:00:00.123Z")).isEqualTo(Instant.parse("2026-11-21T08:00:00.123Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2026-11-21T08:00:00Z",
                "2026-11-21T08:00:00.12Z",
                "2026-11-21t08:00:00.123z",
                "2026-11-21T08:00:00.123+00",
                "2026-02-30T08:00:00.123Z",
                "2026-11-21T24:00:00.000Z",
                "2026-11-21T08:00:60.000Z",
                "+026-11-21T08:00:00.000Z",
            })
    void parse_otherForm_refuses(String text) {
        assertThatThrownBy(() -> WireTime.parse(text))
                .isInstanceOfSatisfying(
                        VerificationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BAD_TIME));
    }
}
