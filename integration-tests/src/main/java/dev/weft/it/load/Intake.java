package dev.weft.it.load;

import dev.weft.it.federation.AggregatorClient;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Federation;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.v1.Open;
import dev.weft.proto.v1.Register;
import dev.weft.proto.v1.Round;
import dev.weft.proto.v1.TrainingProtocol;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Contributions of many connected sites to the rounds of one coordinator, at a rate that does not wait for answers. */
final class Intake implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
    private static final Duration LATE = Duration.ofSeconds(10);
    private static final int SIGNERS = 2;

    private final Federation federation;
    private final Wires wires;
    private final Checkpoints checkpoints;
    private final Seated coordinator;
    private final List<Seated> sites;
    private final InstantSource clock;
    private final List<LoadStream> streams = new ArrayList<>();
    private final Map<Seated, Scribe> scribes = new HashMap<>();
    private final List<Digest> rounds = new ArrayList<>();
    private long contributedTo;

    /**
     * What one run came to.
     *
     * @param perSecond receipts in a second, from the first statement due to the last receipt
     * @param spent by the aggregator up to the last receipt
     * @param whole what it had spent when the graph had caught up
     * @param catchingUp seconds that the graph took for that after the last receipt
     */
    record Run(Tally tally, int statements, double perSecond, Stages spent, Stages whole, double catchingUp) {
        double bytesUp() {
            return tally.bytesPerSubmission();
        }
    }

    Intake(Federation federation, Wires wires, Seated coordinator, List<Seated> sites, InstantSource clock) {
        this.federation = federation;
        this.wires = wires;
        this.coordinator = coordinator;
        this.sites = sites;
        this.clock = clock;
        this.checkpoints = new Checkpoints(coordinator.origin(), coordinator.logKeys());
    }

    void connect() {
        Tally unused = new Tally();
        sites.forEach(site -> streams.add(new LoadStream(site, wires, checkpoints, unused, 0)));
        CompletableFuture.allOf(streams.stream().map(LoadStream::welcomed).toArray(CompletableFuture[]::new))
                .join();
        TreeHead seen = streams.get(0).head();
        sites.forEach(site -> scribes.put(site, new Scribe(site, seen, clock)));
    }

    /** From here on, it is also counted when statements become final. */
    void watch(FinalityTally finality) {
        streams.forEach(stream -> stream.watch(finality));
    }

    /** Registers and opens as many rounds as so many contributions need, each site once in a round. */
    void registerRounds(int contributions) throws VerificationException {
        Scribe scribe = scribes.computeIfAbsent(coordinator, member -> new Scribe(member, TreeHead.EMPTY, clock));
        Tally tally = new Tally();
        List<Prepared> said = new ArrayList<>();
        List<String> names = sites.stream().map(Seated::name).sorted().toList();
        int more = contributions / sites.size() + 2;
        for (int i = 0; i < more; i++) {
            Prepared register = scribe.say(
                    Round.newBuilder().setRegister(register(rounds.size() + 1)).build());
            Open open = Open.newBuilder()
                    .setRound(register.id().toByteString())
                    .addAllExpected(names)
                    .build();
            said.add(register);
            said.add(scribe.say(Round.newBuilder().setOpen(open).build()));
            rounds.add(register.id());
        }
        try (LoadStream stream = new LoadStream(
                coordinator, wires, checkpoints, tally, said.get(0).seq())) {
            stream.welcomed().join();
            stream.prepare(said);
            said.forEach(statement -> stream.due(System.nanoTime()));
            Await.until(
                    "the rounds' receipts",
                    Duration.ofMinutes(10),
                    () -> tally.receipts() + tally.failures().size() >= said.size());
        }
        requireNone(tally);
    }

    private Register register(int number) {
        Register.Builder register = Register.newBuilder()
                .setTrainingLine("load")
                .setNumber(number)
                .setProtocol(TrainingProtocol.newBuilder().setAggregation("fedavg"))
                .setInputModel(Specimen.publicModel(model(number)));
        if (!rounds.isEmpty()) {
            register.setPredecessor(rounds.get(rounds.size() - 1).toByteString());
        }
        return register.build();
    }

    private static String model(int round) {
        return Specimen.model("global " + round);
    }

    /** Signs so many for every site, beforehand. */
    void sign(int eachSite) {
        List<CompletableFuture<Void>> signing = new ArrayList<>();
        ExecutorService pool = Executors.newFixedThreadPool(SIGNERS);
        int first = (int) contributedTo;
        try {
            for (int i = 0; i < sites.size(); i++) {
                Scribe scribe = Objects.requireNonNull(scribes.get(sites.get(i)), "connected before");
                LoadStream stream = streams.get(i);
                signing.add(CompletableFuture.runAsync(() -> stream.prepare(signed(scribe, first, eachSite)), pool));
            }
            signing.forEach(CompletableFuture::join);
        } finally {
            pool.shutdownNow();
        }
        contributedTo += eachSite;
    }

    private List<Prepared> signed(Scribe scribe, int first, int statements) {
        List<Prepared> all = new ArrayList<>(statements);
        try {
            for (int i = first; i < first + statements; i++) {
                all.add(scribe.contribute(rounds.get(i), model(i + 1)));
            }
        } catch (VerificationException e) {
            throw new IllegalStateException("the load generator signs what no one accepts", e);
        }
        return all;
    }

    /** Sends at that rate for that time, site after site, then waits for what is open. */
    Run run(double perSecond, Duration time) {
        Tally tally = new Tally();
        streams.forEach(stream -> stream.count(tally));
        int statements = (int) (perSecond * time.toMillis() / 1e3) / sites.size() * sites.size();
        AggregatorClient client = federation.aggregatorClient();
        long pid = federation.aggregator().runFile().pid();
        Stages before = caughtUp(client, pid);
        long start = System.nanoTime();
        for (int i = 0; i < statements; i++) {
            long due = start + (long) (i * 1e9 / perSecond);
            while (due - System.nanoTime() > 0) {
                LockSupport.parkNanos(Math.min(500_000, due - System.nanoTime()));
            }
            streams.get(i % streams.size()).due(due);
        }
        settle(tally, statements);
        double seconds = (tally.lastNanoTime() - start) / 1e9;
        Stages spent = stages(client, pid).since(before);
        Stages whole = caughtUp(client, pid).since(before);
        double catchingUp = (System.nanoTime() - start) / 1e9 - seconds;
        requireNone(tally);
        return new Run(tally, statements, tally.receipts() / seconds, spent, whole, catchingUp);
    }

    /** Once the graph has all that the log has. */
    private static Stages caughtUp(AggregatorClient client, long pid) {
        Await.until(
                "the graph", Duration.ofMinutes(10), () -> stages(client, pid).behind() == 0);
        return stages(client, pid);
    }

    /** Waits for what is open, but not for ever where more was due than the daemon takes. */
    private void settle(Tally tally, int statements) {
        try {
            Await.until(
                    "the receipts",
                    LATE,
                    () -> tally.receipts() + tally.failures().size() >= statements);
        } catch (IllegalStateException late) {
            LOG.info(
                    "{} of {} statements have their receipt {} s after the last was due",
                    tally.receipts(),
                    statements,
                    LATE.toSeconds());
            streams.forEach(LoadStream::forget);
            Await.until(
                    "the last receipts",
                    Duration.ofMinutes(1),
                    () -> streams.stream().allMatch(stream -> stream.open() == 0));
        }
    }

    private static Stages stages(AggregatorClient client, long pid) {
        return Stages.now(client.send("GET", "/metrics", "").body().get("text").getAsString(), pid);
    }

    private static void requireNone(Tally tally) {
        if (!tally.failures().isEmpty()) {
            throw new IllegalStateException(tally.failures().size() + " failures, the first: "
                    + tally.failures().get(0));
        }
    }

    @Override
    public void close() {
        streams.forEach(LoadStream::close);
    }
}
