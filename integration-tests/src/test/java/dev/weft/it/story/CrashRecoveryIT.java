package dev.weft.it.story;

import dev.weft.it.federation.Await;
import dev.weft.it.federation.Daemon;
import dev.weft.it.federation.Distribution;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.Route;
import dev.weft.it.federation.Seat;
import dev.weft.it.federation.SiteNode;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * kill -9 at random moments under load, to the aggregator, to nodes, to all at once. How often, and which moments, say the
 * properties {@code faults.kills} and {@code faults.seed}.
 */
@Tag("kills")
class CrashRecoveryIT {
    private static final int MOST_MILLIS = 700;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final int kills = Integer.getInteger("faults.kills", 5);
    private final long seed = Long.getLong("faults.seed", System.nanoTime());

    private Federation federation;
    private SiteNode coordinator;
    private SiteNode hospital;

    @BeforeEach
    void found() {
        federation = Federation.create(PlayedStudy.directory("killed"), "killed", Distribution.find(), Route.DIRECT);
        List<SiteNode> nodes = federation.admit(List.of(Seat.coordinator("coordinator"), Seat.site("hospital-a")));
        coordinator = nodes.get(0);
        hospital = nodes.get(1);
        federation.nameWitnesses();
    }

    @AfterEach
    void close() {
        federation.close();
    }

    @Test
    void killedAtRandomMoments_nothingAcknowledgedIsLost_andNothingSignedIsContradicted(TestReporter reporter)
            throws Exception {
        reporter.publishEntry("faults.seed", Long.toString(seed));
        EveryCheckpoint checkpoints = new EveryCheckpoint(federation);
        WorkUnderKills work = WorkUnderKills.begin(coordinator, hospital);
        try (work) {
            Random random = new Random(seed);
            Await.until(
                    "work that can be lost",
                    PATIENCE,
                    () -> coordinator.client().statements("durable").size() > 2 * kills);
            for (int turn = 0; turn < kills; turn++) {
                List<Daemon> victims = victims(random);
                LockSupport.parkNanos(
                        Duration.ofMillis(random.nextInt(MOST_MILLIS)).toNanos());
                victims.forEach(Daemon::killHard);
                checkpoints.collect();
                victims.forEach(Daemon::start);
            }
        }
        new Reckoning(federation, "seed " + seed).settle(work, checkpoints, kills);
    }

    private List<Daemon> victims(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> List.of(coordinator.daemon());
            case 1 -> List.of(hospital.daemon());
            case 2 -> List.of(federation.aggregator());
            default -> List.of(federation.aggregator(), coordinator.daemon());
        };
    }
}
