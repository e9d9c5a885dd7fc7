package dev.weft.it.load;

import dev.weft.it.federation.Await;
import dev.weft.it.federation.Federation;
import dev.weft.proto.VerificationException;
import dev.weft.proto.note.WitnessPolicy;
import dev.weft.proto.v1.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** From submission to final: members that mirror and cosign, all of them, on this machine. */
final class Witnessed {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int SITES = 4;
    private static final double PER_SECOND = 100;

    /**
     * What it came to.
     *
     * @param latencies from the moment a statement was due
     * @param mirrorBytes on disk of one member's copy
     */
    record Run(Tally latencies, int statements, long entries, long mirrorBytes) {}

    private Witnessed() {}

    /** Admits so many witnesses, states the policy, and sends 100 statements a second for that time. */
    static Run run(Federation federation, Path dir, int witnesses, Duration time, InstantSource clock)
            throws IOException, VerificationException {
        Run run;
        try (Wires wires = new Wires(federation.grpc(), 1)) {
            Enrolling enrolling = new Enrolling(federation, wires, clock);
            Seated coordinator =
                    enrolling.admit("organiser", 1, Role.COORDINATOR).get(0);
            List<Seated> sites = enrolling.admit("clinic", SITES, Role.SITE);
            List<Seated> members = enrolling.admit("witness", witnesses, Role.SITE);
            try (Mirrors mirrors = Mirrors.open(members, wires, dir, clock)) {
                WitnessPolicy policy = mirrors.state(federation, dir);
                run = measured(federation, wires, new Measured(coordinator, sites, policy, mirrors), time, clock);
            }
        }
        // Closed, so that nothing of it is in the write-ahead log any more.
        long bytes = Files.size(dir.resolve("witness0000").resolve("mirror.db"));
        return new Run(run.latencies(), run.statements(), run.entries(), bytes);
    }

    private record Measured(Seated coordinator, List<Seated> sites, WitnessPolicy policy, Mirrors mirrors) {}

    private static Run measured(Federation federation, Wires wires, Measured with, Duration time, InstantSource clock)
            throws VerificationException, IOException {
        try (Intake intake = new Intake(federation, wires, with.coordinator(), with.sites(), clock)) {
            intake.connect();
            int statements = (int) (PER_SECOND * time.toSeconds());
            intake.registerRounds(2 * statements);
            with.mirrors().awaitPolicy();
            intake.sign(2 * statements / SITES + 2);
            FinalityTally warmUp = new FinalityTally(with.policy());
            intake.watch(warmUp);
            intake.run(PER_SECOND, time.dividedBy(4));
            Await.until("the warm-up final", LIMIT, () -> warmUp.open() == 0);
            FinalityTally finality = new FinalityTally(with.policy());
            intake.watch(finality);
            Intake.Run run = intake.run(PER_SECOND, time);
            Await.until("all final", LIMIT, () -> finality.open() == 0);
            long entries = federation.aggregatorStatus().get("size").getAsLong();
            with.mirrors().awaitCopies(entries);
            return new Run(finality.latencies(), run.statements(), entries, 0);
        }
    }
}
