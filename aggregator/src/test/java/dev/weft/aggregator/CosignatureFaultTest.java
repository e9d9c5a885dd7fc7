package dev.weft.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.db.CosignatureStore;
import dev.weft.aggregator.publish.Cosigning;
import dev.weft.aggregator.publish.FinalHead;
import dev.weft.aggregator.publish.PublishedHead;
import dev.weft.proto.VerificationException;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Cosignature;
import dev.weft.proto.note.Note;
import dev.weft.proto.v1.AddCheckpoint;
import dev.weft.proto.v1.CosignatureLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every write that collecting cosignatures takes fails once: nothing is told final that a restart would not know. */
@SuppressWarnings("NullAway.Init")
final class CosignatureFaultTest {
    @TempDir
    private Path folder;

    private Lab lab;
    private Site anna;
    private Site bert;
    private Path directory;
    private final List<FinalHead> told = new CopyOnWriteArrayList<>();

    @BeforeEach
    void found() throws Exception {
        lab = new Lab(folder.resolve("federation"));
        anna = lab.join("anna");
        bert = lab.join("bert");
        directory = Files.createDirectory(folder.resolve("cosigned"));
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private Cosigning cosigning(Faults faults) throws Exception {
        Connection connection = faults.over(CosignatureStore.connect(directory));
        OpenFederation federation = lab.federation();
        Cosigning cosigning = new Cosigning(new Cosigning.Parts(
                federation.appender().published(),
                CosignatureStore.over(connection, federation.federation().origin()),
                () -> federation.directory().current().policies(),
                Duration.ZERO,
                Lab.CLOCK,
                federation.metrics(),
                federation.events()));
        cosigning.listen(this::told);
        cosigning.start();
        return cosigning;
    }

    /** What was told is on disk by then. */
    private void told(FinalHead head) {
        try {
            assertThat(CosignatureStore.newest(
                            directory, lab.federation().federation().origin()))
                    .hasValueSatisfying(last -> assertThat(last.size()).isGreaterThanOrEqualTo(head.size()));
            told.add(head);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** A witness that cosigns whatever it is asked for. */
    private static final class Willing implements Cosigning.Link {
        private final Site site;
        private Cosigning.Seat seat;

        Willing(Site site) {
            this.site = site;
        }

        void sit(Cosigning cosigning) {
            seat = cosigning.join(site.name().value(), "mirror", 0, this);
        }

        @Override
        public void ask(AddCheckpoint request, PublishedHead head) {
            Cosignature cosignature =
                    Cosignature.sign(head.checkpoint(), site.name().value(), site.witnessKey(), Lab.CLOCK.instant());
            seat.answered(CosignatureLines.newBuilder()
                    .setSize(head.size())
                    .setLines(ByteString.copyFromUtf8(cosignature.line().line()))
                    .setWitnessed(head.size())
                    .build());
        }
    }

    private void sit(Cosigning cosigning) {
        new Willing(anna).sit(cosigning);
        new Willing(bert).sit(cosigning);
    }

    private static void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private long lastTold() {
        return told.isEmpty() ? 0 : told.get(told.size() - 1).size();
    }

    @ParameterizedTest
    @EnumSource(Faults.Write.class)
    void anyWriteFails_andTheHeadIsFinalLater_alsoAfterARestart(Faults.Write write) throws Exception {
        boolean failed = true;
        for (int row = 1; failed; row++) {
            Faults faults = new Faults();
            Cosigning cosigning = cosigning(faults);
            faults.arm(row, write);
            sit(cosigning);
            long policy = lab.policy(Lab.witnesses(2, 0, anna, bert)); // each time another one comes into force
            until("policy " + policy, () -> lastTold() > policy);
            failed = faults.disarm();
            until("it is seen", () -> cosigning.view().policy().equals(Optional.of(policy)));
            cosigning.close();

            Cosigning restarted = cosigning(new Faults());
            assertThat(restarted.newest().orElseThrow().size()).isEqualTo(lastTold());
            assertThat(restarted.view().policy()).as("after row " + row).contains(policy);
            restarted.close();
            assertThat(row).isLessThan(50);
        }
        neverTwoRoots();
    }

    private void neverTwoRoots() throws VerificationException {
        for (FinalHead one : told) {
            Checkpoint checkpoint = Checkpoint.parse(Note.parse(one.note()).text());
            assertThat(told)
                    .filteredOn(other -> other.size() == one.size())
                    .allMatch(other -> other.checkpoint().equals(checkpoint));
        }
    }
}
