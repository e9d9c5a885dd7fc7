package dev.weft.it.load;

import com.google.protobuf.ByteString;
import dev.weft.it.federation.Daemon;
import dev.weft.it.federation.Distribution;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.Route;
import dev.weft.it.federation.Seat;
import dev.weft.it.federation.SiteNode;
import dev.weft.it.load.Result.Goal;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.identity.VerifyingKey;
import dev.weft.proto.v1.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Every figure of the two daemons, one after the other, each with the disk's rate of the same minute beside it. */
public final class Bench {
    private static final Duration REST = Duration.ofSeconds(3);
    private static final int STARTS = 5;
    private static final int CLIENTS = 8;
    private static final int IN_BATCH = 500;
    private static final int FLOWER_ROUNDS = 15;
    private static final int MLFLOW_RUNS = 10_000;
    static final double SHARE = 0.8;
    private static final int FILES = 100_000;
    private static final long LARGE = 1L << 30;

    private final BenchOptions options;
    private final Path dir;
    private final InstantSource clock = InstantSource.system();
    private final Sheet sheet;

    private Bench(BenchOptions options, Path dir, Sheet sheet) {
        this.options = options;
        this.dir = dir;
        this.sheet = sheet;
    }

    /** Measures both daemons as their distributions start them. */
    public static void run(BenchOptions options, Sheet sheet) throws IOException, VerificationException {
        Bench bench = new Bench(options, Files.createTempDirectory(options.out(), "bench"), sheet);
        bench.projection();
        bench.audit();
        try (Federation federation =
                Federation.create(bench.dir, "bench", Distribution.find().asInstalled(), Route.DIRECT)) {
            bench.node(federation);
            bench.flower(federation);
            bench.aggregator(federation);
        }
        bench.witnesses();
        bench.mirrored();
        bench.leaves();
    }

    /** The log alone, with entries so small that its own share shows. */
    private void leaves() throws IOException, VerificationException {
        long many = options.leaves();
        long fewer = Math.min(1_000_000, many);
        try (Leaves log = new Leaves(dir.resolve("leaves.db"))) {
            log.grow(fewer);
            sheet.tell(
                    String.format(Locale.ROOT, "log on disk, at %,d leaves", fewer),
                    log.bytesEach() - Leaves.ENTRY,
                    "B/leaf",
                    Goal.NONE,
                    "beside the entry of " + Leaves.ENTRY
                            + " B: its row in the table of entries, and its share of the tiles");
            sheet.tell(
                    "of it, tiles",
                    log.hashBytesEach(),
                    "B/leaf",
                    Goal.NONE,
                    "32 of a hash, a 255th of that for the levels above, and SQLite's pages; full tiles alone are stored");
            log.grow(many);
            sheet.probe();
            Leaves.Proof proof = log.proof();
            sheet.tell(
                    String.format(Locale.ROOT, "proof of any entry, at %,d leaves, p99", many),
                    proof.millis(),
                    "ms",
                    Goal.atMost(2),
                    String.format(
                            Locale.ROOT,
                            "tiles of leaves read from the file, the quietest of five rounds; %.2f ms of processor time",
                            proof.processorMillis()));
        } catch (SQLException e) {
            throw new IOException("the log could not be stored", e);
        }
    }

    /** A federation of its own: nothing of this may stand beside the intake's figures, nor the other way round. */
    private void witnesses() throws IOException, VerificationException {
        Path home = dir("witnessed");
        try (Federation federation =
                Federation.create(home, "witnessed", Distribution.find().asInstalled(), Route.DIRECT)) {
            sheet.probe();
            int members = options.witnesses();
            Witnessed.Run run = Witnessed.run(federation, home, members, options.time(), clock);
            String shape = String.format(
                    Locale.ROOT,
                    "100 statements/s, %d members that mirror and cosign in one process, 4 that state",
                    members);
            sheet.tell(
                    "submission to final, p50",
                    run.latencies().percentile(0.5, run.statements()),
                    "ms",
                    Goal.atMost(500),
                    shape);
            sheet.tell(
                    "submission to final, p99",
                    run.latencies().percentile(0.99, run.statements()),
                    "ms",
                    Goal.atMost(2_000),
                    shape);
            sheet.tell(
                    "copy on disk, each entry",
                    (double) run.mirrorBytes() / run.entries(),
                    "B",
                    Goal.NONE,
                    String.format(Locale.ROOT, "%,d entries of some 1.7 KB", run.entries()));
        }
    }

    /** As {@link #intake}, with copies being made at the same time. */
    private void mirrored() throws IOException, VerificationException {
        new MirroredFigures(options, sheet, clock).take(dir("mirrored"));
    }

    /** The graph alone, small and large; the compiler is warm for both. */
    private void projection() throws IOException, VerificationException {
        int small = Math.min(5_000, options.contributions());
        try (Projecting warmUp = new Projecting(dir("graph-warm-up"), options.sites(), 4 * small);
                Projecting graph = new Projecting(dir("graph"), options.sites(), options.contributions())) {
            warmUp.run(4 * small);
            sheet.probe();
            projected(small, graph.run(small));
            int last = Math.min(10 * small, (options.contributions() - small) / 2);
            if (last > 0) {
                graph.run(options.contributions() - small - last);
                projected(options.contributions(), graph.run(last));
            }
        } catch (SQLException e) {
            throw new IOException("the graph could not be stored", e);
        }
    }

    /** A file of 100,000 contributions and what belongs to them, for whoever has to check it. */
    private void audit() throws IOException, VerificationException {
        Path file = dir.resolve("bundle.zip");
        Auditing.check(file, new Auditing(10, 200).write(file));
        int entries = new Auditing(100, 1_000).write(file);
        sheet.probe();
        Auditing.Cost cost = Auditing.check(file, entries);
        sheet.tell(
                "audit bundle verified",
                cost.seconds(),
                "s",
                Goal.atMost(20),
                String.format(
                        Locale.ROOT,
                        "%,d statements in %,d bytes, on %d cores",
                        cost.statements(),
                        cost.bytes(),
                        Runtime.getRuntime().availableProcessors()));
        sheet.tell(
                "audit bundle, each statement without its signature",
                cost.processorMicros(),
                "us",
                Goal.atMost(30),
                String.format(
                        Locale.ROOT, "processor time; the signature alone costs %.0f us", cost.signatureMicros()));
        Files.delete(file);
    }

    private Path dir(String name) throws IOException {
        return Files.createDirectory(dir.resolve(name));
    }

    private void projected(int contributions, Projecting.Cost cost) {
        sheet.tell(
                String.format(Locale.ROOT, "projection, up to %,d contributions", contributions),
                cost.micros(),
                "us/contribution",
                Goal.atMost(40),
                String.format(
                        Locale.ROOT,
                        "%d sites, one thread; %.1f of it for commits of %d; %.0f B on disk each",
                        options.sites(),
                        cost.commitMicros(),
                        Projecting.STEP,
                        cost.bytes()));
    }

    private void node(Federation federation) throws IOException {
        SiteNode node = federation.admit(List.of(Seat.site("recorder"))).get(0);
        sheet.probe();
        ready("node ready", node.daemon(), 1);
        sheet.tell(
                "node resident", Starts.idleMegabytes(node.daemon(), REST), "MB", Goal.atMost(150), "idle, connected");
        Recording recording = new Recording(node);
        recording.run(CLIENTS, 1, options.warmUp());
        recording.run(CLIENTS, IN_BATCH, options.warmUp());
        sheet.probe();
        Tally single = recording.run(CLIENTS, 1, options.time());
        sheet.tell(
                "node records, one per request",
                perSecond(single, 1),
                "records/s",
                Goal.atLeast(5_000),
                CLIENTS + " clients, p99 " + milliseconds(single, 0.99) + failures(single));
        Tally batch = recording.run(2, IN_BATCH, options.time());
        sheet.tell(
                "node records, batch route",
                perSecond(batch, IN_BATCH),
                "records/s",
                Goal.atLeast(20_000),
                "2 clients, " + IN_BATCH + " in a request" + failures(batch));
        Tally alone = recording.run(1, 1, options.time().dividedBy(2));
        sheet.tell(
                "node record alone, p99",
                alone.percentile(0.99, alone.receipts()),
                "ms",
                Goal.atMost(5),
                "one client, p50 " + milliseconds(alone, 0.5) + failures(alone));
        captured(node, recording);
        folders(node);
        node.daemon().stop();
    }

    /** What tools of others bring in. */
    private void captured(SiteNode node, Recording recording) throws IOException {
        recording.events(CLIENTS, options.warmUp());
        sheet.probe();
        Tally events = recording.events(CLIENTS, options.time());
        sheet.tell(
                "node OpenLineage events of 8 KB",
                perSecond(events, 1),
                "events/s",
                Goal.atLeast(2_000),
                CLIENTS + " clients" + failures(events));
        sheet.tell(
                "node OpenLineage event, p99",
                events.percentile(0.99, events.receipts()),
                "ms",
                Goal.atMost(50),
                "of the same, p50 " + milliseconds(events, 0.5));
        Path history = dir.resolve("mlflow.db");
        try {
            MlflowHistory.write(history, MLFLOW_RUNS);
        } catch (SQLException e) {
            throw new IOException("no mlflow.db could be made", e);
        }
        sheet.probe();
        MlflowHistory.Imported imported = MlflowHistory.read(node, history);
        String shape = MLFLOW_RUNS + " runs of 10 parameters, metrics and tags, " + imported.said();
        sheet.tell("node import of 10,000 MLflow runs", imported.seconds(), "s", Goal.atMost(60), shape);
        sheet.tell("node import of 10,000 MLflow runs, resident", imported.megabytes(), "MB", Goal.atMost(300), shape);
    }

    private void folders(SiteNode node) throws IOException {
        Path folder = dir("shards");
        Folders.write(folder, FILES);
        sheet.probe();
        Folders.Took took = Folders.take(node, folder);
        String shape = String.format(Locale.ROOT, "%,d files of 1 KiB, the whole command", FILES);
        sheet.tell("folder of 100,000 files, hashed and recorded", took.recorded(), "s", Goal.atMost(60), shape);
        sheet.tell("folder of 100,000 files, checked again", took.rechecked(), "s", Goal.atMost(5), shape);
        sheet.tell(
                "file of 1 GB / bare SHA-256",
                Folders.share(dir, LARGE),
                "share",
                Goal.atLeast(0.8),
                "processor time, in turns; the file lies in the system's cache");
    }

    /** One node is coordinator and site at once, so that a round costs what it costs alone. */
    private void flower(Federation federation) throws IOException {
        SiteNode node = federation
                .admit(List.of(Seat.coordinator("flower", "release contribution automatic")))
                .get(0);
        sheet.probe();
        Path python = options.out().resolve("flower").toAbsolutePath();
        Optional<FlowerRound.Cost> measured = FlowerRound.measure(node, python, FLOWER_ROUNDS);
        if (measured.isEmpty()) {
            sheet.skip("Flower round of 44 MB, with capture", "no package index has Flower");
        } else {
            FlowerRound.Cost cost = measured.get();
            sheet.tell(
                    "Flower round of 44 MB, more with both capture points",
                    cost.more(),
                    "ms",
                    Goal.atMost(200),
                    String.format(
                            Locale.ROOT,
                            "median of %d pairs in one run; one client, FedAvg and a noise mod in process; %.0f ms without, %.0f with; %.0f ms processor time",
                            cost.rounds(),
                            cost.without(),
                            cost.with(),
                            cost.processor()));
        }
        node.daemon().stop();
    }

    private void aggregator(Federation federation) throws IOException, VerificationException {
        Daemon daemon = federation.aggregator();
        Seated coordinator;
        List<Seated> sites;
        try (Wires wires = new Wires(federation.grpc(), 1)) {
            Enrolling enrolling = new Enrolling(federation, wires, clock);
            coordinator = enrolling.admit("coordinator", 1, Role.COORDINATOR).get(0);
            sites = enrolling.admit("site", Math.max(options.sites(), options.idleSites()), Role.SITE);
        }
        sheet.probe();
        ready("aggregator ready", daemon, 1.5);
        idle(federation, sites);
        daemon.stop();
        daemon.start();
        intake(federation, coordinator, sites.subList(0, options.sites()));
    }

    private void idle(Federation federation, List<Seated> sites) {
        Daemon daemon = federation.aggregator();
        try (Wires wires = new Wires(federation.grpc(), 1);
                Intake first = new Intake(federation, wires, sites.get(0), sites.subList(0, options.sites()), clock)) {
            first.connect();
            sheet.tell(
                    "aggregator resident, " + options.sites() + " idle sites",
                    Starts.idleMegabytes(daemon, REST),
                    "MB",
                    Goal.atMost(220),
                    "mutual TLS, one stream each");
            if (sites.size() == options.sites()) {
                return;
            }
            try (Intake rest =
                    new Intake(federation, wires, sites.get(0), sites.subList(options.sites(), sites.size()), clock)) {
                rest.connect();
                sheet.tell(
                        "aggregator resident, " + sites.size() + " idle sites",
                        Starts.idleMegabytes(daemon, REST),
                        "MB",
                        Goal.atMost(350),
                        "mutual TLS, one stream each");
            }
        }
    }

    private void intake(Federation federation, Seated coordinator, List<Seated> sites) throws VerificationException {
        try (Wires wires = new Wires(federation.grpc(), 1);
                Intake intake = new Intake(federation, wires, coordinator, sites, clock)) {
            intake.connect();
            prepared(intake, options.rate() / 2, options.warmUp());
            Intake.Run full = prepared(intake, options.rate(), options.time());
            intakeFigures(full);
            double share = SHARE * Math.min(options.rate(), full.perSecond());
            Intake.Run calm = prepared(intake, share, options.time());
            sheet.tell(
                    "intake, p99 to a durable receipt",
                    calm.tally().percentile(0.99, calm.statements()),
                    "ms",
                    Goal.atMost(250),
                    String.format(Locale.ROOT, "at %.0f statements/s, p50 %s", share, milliseconds(calm.tally(), 0.5)));
        }
    }

    private Intake.Run prepared(Intake intake, double perSecond, Duration time) throws VerificationException {
        int statements = (int) (perSecond * time.toMillis() / 1e3);
        intake.registerRounds(statements);
        intake.sign(statements / options.sites() + 1);
        sheet.probe();
        return intake.run(perSecond, time);
    }

    private void intakeFigures(Intake.Run run) {
        String shape = String.format(
                Locale.ROOT,
                "%d sites, open loop at %.0f/s for %d s, every receipt verified",
                options.sites(),
                options.rate(),
                options.time().toSeconds());
        sheet.tell("intake", run.perSecond(), "statements/s", new Goal(8_000, 4_000, true), shape);
        int n = run.tally().receipts();
        double verify = verifyMicros();
        sheet.tell(
                "aggregator processor time, without signatures",
                run.whole().process() * 1e6 / n - verify,
                "us/statement",
                Goal.atMost(120),
                String.format(
                        Locale.ROOT,
                        "until the graph had caught up; one verification %.1f us; %s",
                        verify,
                        run.whole().each(n)));
        sheet.tell(
                "of it, up to the receipts",
                run.spent().process() * 1e6 / n - verify,
                "us/statement",
                Goal.NONE,
                run.spent().each(n));
        sheet.tell(
                "graph, catching up",
                run.spent().behind() / Math.max(run.catchingUp(), 0.001),
                "statements/s",
                Goal.NONE,
                run.spent().behind() + " behind the log at the last receipt");
        sheet.tell(
                "bytes up",
                run.bytesUp(),
                "B/contribution",
                Goal.atMost(2_048),
                "envelope and site proof, with framing");
        sheet.tell(
                "bytes down",
                run.tally().bytesPerReceipt(),
                "B/receipt",
                Goal.atMost(920),
                String.format(
                        Locale.ROOT,
                        "index and proof; beside them %.0f B for each of %d checkpoints on a stream",
                        run.tally().bytesPerCheckpoint(),
                        run.tally().checkpoints()));
    }

    /** What one verification costs this machine now, in processor time of one thread. */
    static double verifyMicros() {
        SigningKey key = SigningKey.generate(new SecureRandom());
        byte[] message = new byte[1_600];
        ByteString signature = key.sign(message);
        VerifyingKey verifying = key.verifyingKey();
        return ProcessorTime.micros(2_000, () -> verifying.verify(message, signature));
    }

    private void ready(String name, Daemon daemon, double target) {
        Starts.Ready ready = Starts.ready(daemon, STARTS);
        sheet.tell(
                name,
                ready.seconds(),
                "s",
                Goal.atMost(target),
                String.format(
                        Locale.ROOT,
                        "median of %d starts, by then %.2f s of processor time",
                        STARTS,
                        ready.processorSeconds()));
    }

    private double perSecond(Tally tally, int inRequest) {
        return (double) tally.receipts() * inRequest / options.time().toSeconds();
    }

    static String milliseconds(Tally tally, double part) {
        return String.format(Locale.ROOT, "%.2f ms", tally.percentile(part, tally.receipts()));
    }

    private static String failures(Tally tally) {
        return tally.failures().isEmpty() ? "" : ", " + tally.failures().size() + " failures";
    }
}
