package dev.weft.aggregator.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proto.Reason;
import org.junit.jupiter.api.Test;

final class SecurityEventTest {
    @Test
    void reason_isPrintedByItsStableCode() {
        assertThat(new SecurityEvent.Forgery("anna", Reason.BAD_SIGNATURE, "seq 3"))
                .hasToString("Forgery[member=anna, reason=bad-signature, detail=seq 3]");
        assertThat(new SecurityEvent.StreamEnded("anna", Reason.PREV_MISMATCH))
                .hasToString("StreamEnded[member=anna, reason=prev-mismatch]");
    }
}
