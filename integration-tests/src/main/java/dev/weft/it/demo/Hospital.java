package dev.weft.it.demo;

import com.google.gson.JsonObject;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Recorded;
import dev.weft.it.federation.SiteClient;
import dev.weft.it.federation.SiteNode;
import dev.weft.it.training.FederatedTraining;
import dev.weft.it.training.Model;
import dev.weft.it.training.SiteData;
import dev.weft.it.training.Update;
import dev.weft.it.training.Wisconsin;
import dev.weft.proto.v1.Question;
import dev.weft.proto.v1.RoundsQuestion;
import dev.weft.proto.v1.SiteState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One hospital: its files, its training, and what its tools tell its node about them as it happens. Where its policy has
 * a contribution wait, its data steward approves it.
 */
final class Hospital {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final SiteNode node;
    private final SiteClient client;
    private final Optional<SiteClient> steward;
    private final int index;
    private final FederatedTraining training;
    private final Wisconsin wisconsin;
    private final Path files;
    private final Code code;
    private String version = "";

    /** An update, as it goes to the coordinator outside of Weft, and the statement about it. */
    record Sent(Update update, String digest, String statement, boolean waited) {}

    Hospital(
            SiteNode node,
            int index,
            FederatedTraining training,
            Wisconsin wisconsin,
            Path files,
            Code code,
            Optional<Path> stewardToken) {
        this.node = node;
        this.client = node.client();
        this.steward = stewardToken.map(node::client);
        this.index = index;
        this.training = training;
        this.wisconsin = wisconsin;
        this.files = files;
        this.code = code;
    }

    String name() {
        return node.name();
    }

    SiteNode node() {
        return node;
    }

    SiteClient client() {
        return client;
    }

    /** What is there before the first round: code, environment, and the first version of the data. */
    void prepare(int round) {
        client.record(code.codeRecord(name()));
        client.record(code.environmentRecord(name()));
        client.record(Json.object(
                "kind",
                "permit",
                "externalId",
                "permit",
                "name",
                "ethics vote of " + name(),
                "basis",
                "broad consent, form 2024-" + index,
                "purpose",
                "breast tumour classification at " + name()));
        SiteData data = training.data(index, round);
        dataset("heldout", wisconsin.csv(data.heldOut()), data.heldOut().size(), "held-out rows");
        newVersion(data, 1);
    }

    /** Trains from the global model of this round, which the model record named by its external id stands for. */
    Sent contribute(RoundFacts round, String inputModel) {
        client.record(Json.object("kind", "round", "event", "started", "round", round.id()));
        SiteData data = training.data(index, round.number());
        if (round.number() > 1
                && training.data(index, round.number() - 1).training().size()
                        != data.training().size()) {
            newVersion(data, 2);
        }
        Update update = training.train(index, round.number());
        String digest = update.model().digest().toString();
        String suffix = "-" + round.number();
        client.record(Json.object(
                "kind",
                "model",
                "externalId",
                "update" + suffix,
                "name",
                "update of " + name() + suffix,
                "digest",
                digest,
                "format",
                "float64 tensors"));
        client.record(trainRun(round, inputModel, suffix, update));
        Recorded contribution = client.record(Json.object(
                "kind",
                "round",
                "event",
                "contribution",
                "externalId",
                "contribution" + suffix,
                "round",
                round.id(),
                "run",
                "train" + suffix,
                "inputModel",
                round.inputModel(),
                "wireDigest",
                digest,
                "update",
                digest));
        String statement = contribution.waiting() ? approve(round, contribution) : contribution.statement();
        return new Sent(update, digest, statement, contribution.waiting());
    }

    /** Measures the new global model on its own held-out part. */
    double evaluate(RoundFacts round, Model model) {
        SiteData data = training.data(index, round.number());
        double accuracy = model.accuracy(data.heldOut(), data.standardisation());
        String suffix = "-" + round.number();
        client.record(Json.object(
                "kind",
                "model",
                "externalId",
                "global" + suffix,
                "name",
                "global model after round " + round.number(),
                "digest",
                round.outputModel(),
                "from",
                round.closeStatement()));
        client.record(Json.object(
                "kind",
                "run",
                "externalId",
                "evaluate" + suffix,
                "step",
                "evaluate",
                "inputs",
                List.of("global" + suffix, "heldout"),
                "code",
                code.id(name()),
                "environment",
                code.environmentId(name()),
                "metrics",
                Json.object("accuracy", accuracy),
                "command",
                command("evaluate", round.number())));
        Recorded evaluation = client.record(Json.object(
                "kind",
                "round",
                "event",
                "evaluation",
                "externalId",
                "evaluation" + suffix,
                "round",
                round.id(),
                "run",
                "evaluate" + suffix,
                "model",
                round.outputModel()));
        round.evaluated(name(), accuracy, evaluation.statements());
        return accuracy;
    }

    /** Withdraws the version of its data that it trains on now. Returns the statement. */
    String withdraw() {
        return client.record(Json.object(
                        "kind",
                        "revocation",
                        "externalId",
                        "withdrawal",
                        "artifact",
                        version,
                        "reason",
                        "consent-withdrawn"))
                .statement();
    }

    /** Waits until the statement has a receipt that its node verified. */
    void awaitDurable(String statement) {
        Await.until(
                "a durable receipt of " + name() + " for " + statement.substring(0, 8),
                LIMIT,
                () -> Study.durable(client, statement));
    }

    /** The steward says yes, when the federation has been told that this round waits for somebody at this site. */
    private String approve(RoundFacts round, Recorded waiting) {
        SiteClient person = steward.orElseThrow(
                () -> new IllegalStateException("a contribution of " + name() + " waits, and nobody is its steward"));
        Await.until("the federation's view that " + name() + " waits", LIMIT, () -> seenWaiting(round));
        String id = waiting.releaseId().orElseThrow();
        JsonObject approved = person.approve(id);
        if (approved.has("statement")) {
            return approved.get("statement").getAsString();
        }
        throw new IllegalStateException("approving release " + id + " gave no statement: " + approved);
    }

    private boolean seenWaiting(RoundFacts round) {
        Question rounds = Question.newBuilder()
                .setRounds(RoundsQuestion.newBuilder().setTrainingLine(Coordinator.TRAINING_LINE))
                .build();
        return client.ask(rounds).rounds().stream()
                .filter(status -> status.getNumber() == round.number())
                .flatMap(status -> status.getSitesList().stream())
                .anyMatch(site -> site.getMember().equals(name()) && site.getState() == SiteState.SITE_WAITING);
    }

    private void newVersion(SiteData data, int number) {
        version = "rows-v" + number;
        dataset(version, wisconsin.csv(data.training()), data.training().size(), "training rows, version " + number);
        byte[] prepared = data.standardisation().prepare(data.training()).getBytes(StandardCharsets.UTF_8);
        dataset("prepared-v" + number, prepared, data.training().size(), "standardised rows, version " + number);
        client.record(Json.object(
                "kind",
                "run",
                "externalId",
                "prepare-v" + number,
                "step",
                "prepare",
                "inputs",
                List.of(version),
                "outputs",
                List.of("prepared-v" + number),
                "code",
                code.id(name()),
                "environment",
                code.environmentId(name()),
                "parameters",
                Json.object(
                        "method",
                        "standardise by own statistics",
                        "means",
                        data.standardisation().means(),
                        "deviations",
                        data.standardisation().deviations()),
                "command",
                command("prepare", number)));
    }

    private JsonObject trainRun(RoundFacts round, String inputModel, String suffix, Update update) {
        String prepared = version.replace("rows", "prepared");
        return Json.object(
                "kind",
                "run",
                "externalId",
                "train" + suffix,
                "step",
                "train",
                "inputs",
                List.of(inputModel, prepared),
                "outputs",
                List.of("update" + suffix),
                "code",
                code.id(name()),
                "environment",
                code.environmentId(name()),
                "parameters",
                Json.object(
                        "epochs",
                        training.local().epochs(),
                        "rate",
                        training.local().rate(),
                        "decay",
                        training.local().decay()),
                "metrics",
                Json.object("loss", update.loss(), "accuracy", update.accuracy(), "rows", update.rows()),
                "seed",
                training.local().seed(),
                "command",
                command("train", round.number()));
    }

    private void dataset(String id, byte[] bytes, int rows, String description) {
        Path file = files.resolve(name()).resolve(id + ".csv");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        client.record(Json.object(
                "kind",
                "dataset",
                "externalId",
                id,
                "name",
                "breast tumours of " + name() + ", " + id,
                "digest",
                Code.sha256(bytes),
                "path",
                file.toString(),
                "rows",
                rows,
                "bytes",
                bytes.length,
                "version",
                "version " + id,
                "labels",
                List.of("pseudonymised", "ward of " + name()),
                "description",
                description + " of " + name()));
    }

    private String command(String step, int number) {
        return step + " --site " + name() + " --number " + number + " --workdir " + files.resolve(name());
    }
}
