package dev.weft.it.load;

import dev.weft.it.federation.Distribution;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.Route;
import dev.weft.it.load.Result.Goal;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;

/** The figures of intake while members mirror, in a federation of its own; the copies are made on the same processors. */
final class MirroredFigures {
    /** Every entry is copied by every member: a minute of them would be copied for many. */
    private static final Duration MOST = Duration.ofSeconds(10);

    private final BenchOptions options;
    private final Sheet sheet;
    private final InstantSource clock;
    private final Duration time;
    private final String with;

    MirroredFigures(BenchOptions options, Sheet sheet, InstantSource clock) {
        this.options = options;
        this.sheet = sheet;
        this.clock = clock;
        this.time = options.time().compareTo(MOST) < 0 ? options.time() : MOST;
        this.with = ", " + options.witnesses() + " members mirroring";
    }

    void take(Path home) throws IOException, VerificationException {
        try (Federation federation =
                        Federation.create(home, "mirrored", Distribution.find().asInstalled(), Route.DIRECT);
                Mirrored mirrored = new Mirrored(federation, home, options.sites(), options.witnesses(), clock)) {
            mirrored.run(options.rate() / 8, time.dividedBy(2));
            sheet.probe();
            Mirrored.Run full = mirrored.run(options.rate(), time);
            intake(full);
            traffic(full);
            double share = Bench.SHARE * Math.min(options.rate(), full.intake().perSecond());
            latency(share, mirrored.run(share, time).intake());
        }
    }

    private void intake(Mirrored.Run run) {
        sheet.tell(
                "intake" + with,
                run.intake().perSecond(),
                "statements/s",
                new Goal(8_000, 4_000, true),
                String.format(
                        Locale.ROOT,
                        "%d sites, open loop at %.0f/s for %d s; the copies are made on the same processors",
                        options.sites(),
                        options.rate(),
                        time.toSeconds()));
        int n = run.intake().tally().receipts();
        sheet.tell(
                "aggregator processor time, up to the receipts" + with,
                run.intake().spent().process() * 1e6 / n - Bench.verifyMicros(),
                "us/statement",
                Goal.NONE,
                "without signatures, handing out copies included");
    }

    private void traffic(Mirrored.Run run) {
        int members = options.witnesses();
        sheet.tell(
                "mirroring traffic",
                run.received() / run.seconds() / 1e6,
                "MB/s",
                Goal.NONE,
                String.format(
                        Locale.ROOT,
                        "to all %d members, until every copy was whole, %.1f s after the first statement was due",
                        members,
                        run.seconds()));
        sheet.tell(
                "mirroring traffic, each entry",
                run.bytesEach(members),
                "B",
                Goal.NONE,
                String.format(
                        Locale.ROOT,
                        "to one member: %,d entries of some 1.9 KB, and the checkpoints between them",
                        run.copied()));
        sheet.tell(
                "copies made",
                run.copied() * members / run.seconds(),
                "entries/s",
                Goal.NONE,
                "by all members together, each entry hashed and kept by each");
    }

    private void latency(double perSecond, Intake.Run run) {
        sheet.tell(
                "intake, p99 to a durable receipt" + with,
                run.tally().percentile(0.99, run.statements()),
                "ms",
                Goal.atMost(250),
                String.format(
                        Locale.ROOT, "at %.0f statements/s, p50 %s", perSecond, Bench.milliseconds(run.tally(), 0.5)));
    }
}
