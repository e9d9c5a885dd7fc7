package dev.weft.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A clock that jumps ends what time was to end, and lengthens nothing. */
class SessionClockTest {
    private Instant now = Instant.parse("2026-11-21T08:00:00Z");
    private final Sessions sessions = new Sessions(new SecureRandom(), () -> now);

    @ParameterizedTest
    @ValueSource(longs = {-365, -1, 1, 3650})
    void jumpBetweenCodeAndUse_spendsTheCode(long days) {
        String code = sessions.code("ada");
        now = now.plus(Duration.ofDays(days));
        assertThat(sessions.open(code)).isEmpty();
        assertThat(sessions.open(sessions.code("ada"))).as("a new one opens").isPresent();
    }

    @ParameterizedTest
    @ValueSource(longs = {-365, -1, 1, 3650})
    void jumpInASession_endsIt(long days) {
        Sessions.Opened opened = sessions.open(sessions.code("ada")).orElseThrow();
        assertThat(sessions.person(opened.cookie(), opened.key())).contains("ada");
        now = now.plus(Duration.ofDays(days));
        assertThat(sessions.person(opened.cookie(), opened.key())).isEmpty();
        now = now.minus(Duration.ofDays(days));
        assertThat(sessions.person(opened.cookie(), opened.key()))
                .as("for good")
                .isEmpty();
    }

    @Test
    void clockThatIsSetBackByASecond_endsNothing() {
        String code = sessions.code("ada");
        now = now.minusSeconds(1);
        Sessions.Opened opened = sessions.open(code).orElseThrow();
        now = now.minusSeconds(1);
        assertThat(sessions.person(opened.cookie(), opened.key())).contains("ada");
    }
}
