package dev.weft.it.load;

import dev.weft.it.federation.Federation;
import dev.weft.proto.VerificationException;
import dev.weft.proto.note.WitnessPolicy;
import dev.weft.proto.v1.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** Intake while members mirror: what it still takes, and what the copies cost the wire. */
final class Mirrored implements AutoCloseable {
    private final Federation federation;
    private final Wires wires;
    private final Wires mirrorWires;
    private final Mirrors mirrors;
    private final Intake intake;
    private final int sites;

    /**
     * What one run came to.
     *
     * @param copied entries that each member copied
     * @param received bytes that all members received for them, with checkpoints and requests to cosign
     * @param seconds from the first statement due until the last copy was whole
     */
    record Run(Intake.Run intake, long copied, long received, double seconds) {
        double bytesEach(int members) {
            return (double) received / members / copied;
        }
    }

    Mirrored(Federation federation, Path dir, int sites, int members, InstantSource clock)
            throws IOException, VerificationException {
        this.federation = federation;
        this.sites = sites;
        this.wires = new Wires(federation.grpc(), 1);
        this.mirrorWires = new Wires(federation.grpc(), 1);
        Enrolling enrolling = new Enrolling(federation, wires, clock);
        Seated coordinator = enrolling.admit("organiser", 1, Role.COORDINATOR).get(0);
        List<Seated> clinics = enrolling.admit("clinic", sites, Role.SITE);
        this.mirrors = Mirrors.open(enrolling.admit("witness", members, Role.SITE), mirrorWires, dir, clock);
        WitnessPolicy unused = mirrors.state(federation, dir);
        this.intake = new Intake(federation, wires, coordinator, clinics, clock);
        intake.connect();
        mirrors.awaitPolicy();
    }

    /** Sends at that rate for that time, then waits for the copies. */
    Run run(double perSecond, Duration time) throws VerificationException {
        int statements = (int) (perSecond * time.toMillis() / 1e3);
        intake.registerRounds(statements);
        intake.sign(statements / sites + 1);
        long before = entries();
        mirrors.awaitCopies(before);
        long received = mirrors.received();
        long start = System.nanoTime();
        Intake.Run run = intake.run(perSecond, time);
        long after = entries();
        mirrors.awaitCopies(after);
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Run(run, after - before, mirrors.received() - received, seconds);
    }

    private long entries() {
        return federation.aggregatorStatus().get("size").getAsLong();
    }

    @Override
    public void close() throws IOException {
        intake.close();
        mirrors.close();
        mirrorWires.close();
        wires.close();
    }
}
