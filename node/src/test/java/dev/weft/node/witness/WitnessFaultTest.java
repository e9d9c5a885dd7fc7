package dev.weft.node.witness;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.node.Faults;
import dev.weft.node.config.NodeConfig.WitnessMode;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.CosignatureLines;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every write before a cosignature fails once: what left is on disk by then, and no second history is ever cosigned. */
class WitnessFaultTest {
    @TempDir
    Path directory;

    private final SharedHistory log = new SharedHistory();

    WitnessFaultTest() throws VerificationException {}

    @ParameterizedTest
    @EnumSource(Faults.Write.class)
    void anyWriteFails_andWhatWasCosignedIsKnownAfterARestart(Faults.Write write) throws Exception {
        long told = 0;
        long last = 0;
        boolean failed = true;
        for (int row = 1; failed; row++) {
            log.say("hospital-b");
            Faults faults = new Faults();
            try (WitnessingNode node = new WitnessingNode(directory, log, WitnessMode.MIRROR, faults::over)) {
                faults.arm(row, write);
                told = Math.max(told, cosigned(node, last));
                failed = faults.disarm();
            }
            try (WitnessingNode node = new WitnessingNode(directory, log, WitnessMode.MIRROR)) {
                last = node.witness.view().cosigned();
                assertThat(last).as("kept before it left, row " + row).isGreaterThanOrEqualTo(told);
                told = cosigned(node, last);
                assertThat(told).as("cosigned after row " + row).isEqualTo(log.size());
                last = told;
            }
            assertThat(row).isLessThan(50);
        }
        refusesAnotherHistory(last);
    }

    /** The size that the answer's cosignature is for, known to be on disk; 0 where there is none. */
    private long cosigned(WitnessingNode node, long last) throws Exception {
        try {
            CosignatureLines answer = node.cosign(log, last);
            if (answer.getLines().isEmpty()) {
                return 0;
            }
            assertThat(stored(node)).isGreaterThanOrEqualTo(answer.getSize());
            return answer.getSize();
        } catch (IllegalStateException e) {
            return 0; // the checkpoint itself could not be kept: delivery gives the stream up
        }
    }

    private static long stored(WitnessingNode node) throws SQLException {
        try (Connection connection = node.database.readers().getConnection()) {
            return new WitnessStore()
                    .cosigned(connection)
                    .map(held -> held.head().size())
                    .orElse(0L);
        }
    }

    private void refusesAnotherHistory(long last) throws Exception {
        SharedHistory other = log.fork();
        log.say("hospital-b");
        other.say("hospital-c");
        try (WitnessingNode node = new WitnessingNode(directory, log, WitnessMode.MIRROR)) {
            assertThat(cosigned(node, last)).isEqualTo(log.size());
            CosignatureLines answer = node.ask(other, log.size());
            assertThat(answer.getLines()).isEqualTo(ByteString.EMPTY);
            assertThat(answer.getReason()).isEqualTo(Reason.FORK.code());
        }
    }
}
