package dev.weft.aggregator;

import static dev.weft.aggregator.TestLog.hash;

import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.Close;
import dev.weft.proto.v1.ClosePart;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.Open;
import dev.weft.proto.v1.Received;
import dev.weft.proto.v1.Register;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Round;
import dev.weft.proto.v1.Run;
import dev.weft.proto.v1.RunKind;
import dev.weft.proto.v1.TrainingProtocol;
import dev.weft.proto.v1.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rounds of one training line, by a coordinator and its sites. */
public final class Training {
    public static final String COORDINATOR = "coordinator";
    public static final String LINE = "line";
    private static final int IN_A_PART = 64;

    private final TestLog log;
    private final List<String> sites = new ArrayList<>();
    private int joined;
    private final List<Digest> rounds = new ArrayList<>();

    public Training(TestLog log, int sites) throws Exception {
        this.log = log;
        log.join(COORDINATOR, Role.COORDINATOR);
        for (int i = 0; i < sites; i++) {
            join();
        }
        log.publish();
    }

    /** A new site, expected from the next round on. */
    public void join() throws Exception {
        sites.add("site-%03d".formatted(joined++));
        log.join(sites.get(sites.size() - 1), Role.SITE);
    }

    /** A site that is expected no more. */
    public void leave(String site) {
        sites.remove(site);
    }

    public List<String> sites() {
        return sites;
    }

    public List<Digest> rounds() {
        return rounds;
    }

    /** The next round: registered, opened, contributed to by all sites, closed; and published. */
    public Digest round() throws Exception {
        int number = rounds.size() + 1;
        Digest round = log.say(COORDINATOR, register(number));
        log.say(
                COORDINATOR,
                Round.newBuilder()
                        .setOpen(
                                Open.newBuilder().setRound(round.toByteString()).addAllExpected(sites))
                        .build());
        List<Received> received = new ArrayList<>();
        for (String site : sites) {
            Digest statement = log.say(site, contribution(site, number, round));
            received.add(accepted(site, number, received.size(), statement));
        }
        Close.Builder close = Close.newBuilder().setRound(round.toByteString()).setOutputModel(model(LINE + number));
        for (int part = 0; part * IN_A_PART < received.size(); part++) {
            List<Received> some = received.subList(part * IN_A_PART, Math.min(received.size(), (part + 1) * IN_A_PART));
            ClosePart listed = ClosePart.newBuilder()
                    .setRound(round.toByteString())
                    .setPart(part)
                    .addAllReceived(some)
                    .build();
            close.addParts(
                    log.say(COORDINATOR, Round.newBuilder().setClosePart(listed).build())
                            .toByteString());
        }
        log.say(COORDINATOR, Round.newBuilder().setClose(close).build());
        log.publish();
        rounds.add(round);
        return round;
    }

    private Round register(int number) {
        Register.Builder register = Register.newBuilder()
                .setTrainingLine(LINE)
                .setNumber(number)
                .setProtocol(TrainingProtocol.newBuilder().setAggregation("fedavg"))
                .setInputModel(model(LINE + (number - 1)));
        last().ifPresent(before -> register.setPredecessor(before.toByteString()));
        return Round.newBuilder().setRegister(register).build();
    }

    private Optional<Digest> last() {
        return rounds.isEmpty() ? Optional.empty() : Optional.of(rounds.get(rounds.size() - 1));
    }

    /** Three runs: the preparation is the same in every round, training and evaluation are new. */
    public static Contribution contribution(String site, int number, Digest round) {
        ArtifactRef prepared = secret(ArtifactKind.DATASET, site + " prepared");
        ArtifactRef code = digest(ArtifactKind.CODE, "code");
        ArtifactRef environment = secret(ArtifactKind.ENVIRONMENT, site + " environment");
        ArtifactRef start = model(LINE + (number - 1));
        ArtifactRef trained = secret(ArtifactKind.MODEL, site + " trained " + number);
        return Contribution.newBuilder()
                .setRound(round.toByteString())
                .setInputModel(start)
                .setWireDigest(wire(site, number))
                .addRuns(run(RunKind.PREPARE, site + " prepare", code, environment)
                        .addInputs(dataset(site))
                        .addOutputs(prepared))
                .addRuns(run(RunKind.TRAIN, site + " train " + number, code, environment)
                        .addInputs(prepared)
                        .addInputs(start)
                        .addOutputs(trained))
                .addRuns(run(RunKind.EVALUATE, site + " evaluate " + number, code, environment)
                        .addInputs(trained)
                        .addOutputs(secret(ArtifactKind.METRICS, site + " metrics " + number)))
                .build();
    }

    private static Run.Builder run(RunKind kind, String name, ArtifactRef code, ArtifactRef environment) {
        return Run.newBuilder()
                .setKind(kind)
                .setId(secret(ArtifactKind.RUN, name))
                .addCode(code)
                .addEnvironment(environment);
    }

    private static Received accepted(String site, int number, int arrival, Digest statement) {
        return Received.newBuilder()
                .setMember(site)
                .setWireDigest(wire(site, number))
                .setArrival(arrival)
                .setVerdict(Verdict.ACCEPTED)
                .setStatement(statement.toByteString())
                .build();
    }

    public static String wire(String site, int number) {
        return "sha256:" + Digest.of(hash(site + " update " + number)).hex();
    }

    /** The site's one dataset, as a commitment. */
    public static ArtifactRef dataset(String site) {
        return secret(ArtifactKind.DATASET, site + " dataset");
    }

    public static ArtifactRef model(String name) {
        return ArtifactRef.newBuilder()
                .setKind(ArtifactKind.MODEL)
                .setDigest(ContentDigest.model(Digest.of(hash(name))).toString())
                .build();
    }

    public static ArtifactRef secret(ArtifactKind kind, String name) {
        return ArtifactRef.newBuilder().setKind(kind).setCommitment(hash(name)).build();
    }

    private static ArtifactRef digest(ArtifactKind kind, String name) {
        return ArtifactRef.newBuilder()
                .setKind(kind)
                .setDigest(ContentDigest.sha256(Digest.of(hash(name))).toString())
                .build();
    }
}
