package dev.weft.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.statement.SignedEnvelope;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every write between a statement's arrival and its answer fails once, without and with having persisted: the rows of the
 * table are made by counting. After each row the statement is sent again; in the end all that anybody was told must hold.
 */
@SuppressWarnings("NullAway.Init")
final class FaultTableTest {
    /** More writes than a statement takes. */
    private static final int MANY = 100;

    @TempDir
    private Path folder;

    private Path directory;
    private Site site;
    private OutsideView outside;

    @BeforeEach
    void founded() throws Exception {
        directory = folder.resolve("federation");
        try (Lab lab = new Lab(directory)) {
            site = lab.join("hospital-a");
        }
        KeyFiles.Keys keys = KeyFiles.read(directory, new SecureRandom(), Lab.CLOCK);
        outside = new OutsideView(NoteVerifier.ed25519("demo/log/1", keys.log().verifyingKey()));
    }

    @ParameterizedTest
    @EnumSource(Faults.Write.class)
    void anyWriteFails_andTheSameProcessGoesOn(Faults.Write write) throws Exception {
        Faults faults = new Faults();
        int rows = 0;
        try (FaultyLog log = new FaultyLog(directory, faults, outside)) {
            boolean failed = true;
            while (failed) {
                SignedEnvelope statement = site.next();
                faults.arm(++rows, write);
                boolean taken = log.isTaken(statement.bytes());
                failed = faults.disarm();
                assertThat(taken || failed).isTrue();
                assertThat(taken || log.isTaken(statement.bytes()))
                        .as("sent again after row " + rows)
                        .isTrue();
                assertThat(rows).isLessThan(MANY);
            }
        }
        assertThat(rows).as("writes of a statement").isGreaterThan(4);
        assertThat(outside.receipts()).isEqualTo(rows);
        outside.check(directory);
    }

    @ParameterizedTest
    @EnumSource(Faults.Write.class)
    void processEndsAtAnyWrite_andTheNextStartGoesOn(Faults.Write write) throws Exception {
        int rows = 0;
        boolean failed = true;
        while (failed) {
            SignedEnvelope statement = site.next();
            Faults faults = new Faults();
            try (FaultyLog log = new FaultyLog(directory, faults, outside)) {
                faults.die(++rows, write);
                boolean taken = log.isTaken(statement.bytes());
                failed = faults.disarm();
                assertThat(taken || failed).isTrue();
            }
            try (FaultyLog log = new FaultyLog(directory, new Faults(), outside)) {
                assertThat(log.isTaken(statement.bytes()))
                        .as("sent again after row " + rows)
                        .isTrue();
            }
            assertThat(rows).isLessThan(MANY);
        }
        assertThat(rows).isGreaterThan(4);
        outside.check(directory);
    }
}
