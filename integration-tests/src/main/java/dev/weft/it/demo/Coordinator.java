package dev.weft.it.demo;

import com.google.gson.JsonObject;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Recorded;
import dev.weft.it.federation.SiteClient;
import dev.weft.it.federation.SiteNode;
import dev.weft.it.training.LocalTraining;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The study office: registers, opens and closes the rounds, averages the updates, and tells its node. */
final class Coordinator {

    /** The name under which the rounds succeed each other. */
    static final String TRAINING_LINE = "wdbc";

    /**
     * A private value of the coordinator whose unsalted SHA-256 the demo puts into each round's protocol on purpose: the
     * search has to find it, or it is blind.
     */
    static final String PLANTED = "planted: a secret text whose bare digest leaves on purpose";

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final SiteNode node;
    private final SiteClient client;
    private final Code code;
    private final LocalTraining local;

    Coordinator(SiteNode node, Code code, LocalTraining local) {
        this.node = node;
        this.client = node.client();
        this.code = code;
        this.local = local;
    }

    SiteNode node() {
        return node;
    }

    SiteClient client() {
        return client;
    }

    void prepare(String initialModel) {
        client.record(code.codeRecord(node.name()));
        client.record(code.environmentRecord(node.name()));
        client.record(Json.object(
                "kind",
                "permit",
                "externalId",
                "permit-" + node.name(),
                "name",
                "study protocol of the office",
                "purpose",
                PLANTED));
        client.record(model("global-0", "initial model", initialModel));
    }

    /** Registers and opens a round; returns when the log has both. */
    RoundFacts begin(int number, Optional<RoundFacts> before, String inputModel, List<String> expected) {
        JsonObject register = Json.object(
                "externalId",
                "register-" + number,
                "trainingLine",
                TRAINING_LINE,
                "number",
                number,
                "protocol",
                Json.object(
                        "code",
                        code.digest(),
                        "environment",
                        code.environment(),
                        "preprocessing",
                        Code.sha256(PLANTED),
                        "hyperParameters",
                        Code.sha256(local.text()),
                        "aggregation",
                        "fedavg"),
                "inputModel",
                inputModel);
        before.ifPresent(round -> {
            register.addProperty("predecessor", round.id());
            register.addProperty("inputFrom", round.closeStatement());
        });
        Recorded registered = client.round("register", register);
        RoundFacts round = new RoundFacts(number, registered.statement(), inputModel);
        Recorded opened = client.round(
                "open", Json.object("externalId", "open-" + number, "round", round.id(), "expected", expected));
        round.stated(opened.statements());
        awaitDurable(opened.statement());
        return round;
    }

    /** Averages what came and closes the round. Updates in the order of the sites. */
    void close(RoundFacts round, Map<String, Hospital.Sent> sent, String outputModel) {
        String suffix = "-" + round.number();
        double rows = sent.values().stream().mapToInt(s -> s.update().rows()).sum();
        List<JsonObject> received = new ArrayList<>();
        List<String> inputs = new ArrayList<>();
        sent.forEach((member, update) -> {
            String id = "update-" + member + suffix;
            JsonObject model = model(id, "update of " + member + suffix, update.digest());
            model.addProperty("from", update.statement());
            client.record(model);
            inputs.add(id);
            received.add(Json.object(
                    "member",
                    member,
                    "wireDigest",
                    update.digest(),
                    "verdict",
                    "accepted",
                    "statement",
                    update.statement(),
                    "weight",
                    update.update().rows() / rows));
        });
        client.record(model("global" + suffix, "global model after round " + round.number(), outputModel));
        client.record(Json.object(
                "kind",
                "run",
                "externalId",
                "aggregate" + suffix,
                "step",
                "aggregate",
                "inputs",
                inputs,
                "outputs",
                List.of("global" + suffix),
                "code",
                code.id(node.name()),
                "environment",
                code.environmentId(node.name())));
        Recorded closed = client.round(
                "close",
                Json.object(
                        "externalId",
                        "close" + suffix,
                        "round",
                        round.id(),
                        "received",
                        received,
                        "outputModel",
                        outputModel));
        round.closed(outputModel, closed.statements());
        awaitDurable(round.closeStatement());
    }

    private void awaitDurable(String statement) {
        Await.until(
                "a durable receipt of " + node.name() + " for " + statement.substring(0, 8),
                LIMIT,
                () -> Study.durable(client, statement));
    }

    private static JsonObject model(String id, String name, String digest) {
        return Json.object(
                "kind", "model", "externalId", id, "name", name, "digest", digest, "format", "float64 tensors");
    }
}
