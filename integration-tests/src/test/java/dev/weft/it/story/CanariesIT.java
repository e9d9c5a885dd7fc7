package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Command;
import dev.weft.it.federation.Distribution;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.HttpReply;
import dev.weft.it.federation.Seat;
import dev.weft.it.federation.SiteClient;
import dev.weft.it.federation.SiteNode;
import dev.weft.it.relay.Relays;
import dev.weft.it.search.Control;
import dev.weft.it.search.Enumeration;
import dev.weft.it.search.FileHaystack;
import dev.weft.it.search.Haystack;
import dev.weft.it.search.Held;
import dev.weft.it.search.RawValue;
import dev.weft.it.search.RelayHaystack;
import dev.weft.it.search.SearchReport;
import dev.weft.it.search.SovereigntySearch;
import dev.weft.it.search.SqliteHaystack;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.v1.Envelope;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Ten thousand values go through every reader of three sites, each under other rules, and into statements of as many
 * rounds as there are runs. Whatever policy did not name is nowhere outside, in no form; what is too short to be searched
 * for cannot be found out by trying.
 */
@Tag("steward")
class CanariesIT {

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final String PLANTED = "planted: a text whose bare digest leaves on purpose";
    private static final String MODEL = "weft-model-v1:" + "3d".repeat(32);
    private static final String STEWARD = "dr-okafor";

    /** Records of one request: each contribution is signed before the answer. */
    private static final int BATCH = 30;

    private static final Relays RELAYS = new Relays();
    private static final Canaries KEPT = new Canaries(20_261_129);
    private static final Canaries OPENED = new Canaries(7);

    /** Of those that the steward's policy opens, the values that the steward saw and let out. */
    private static final Set<Double> LET_OUT = new HashSet<>();

    private static Federation federation;
    private static Path work;

    @BeforeAll
    static void play() throws Exception {
        work = PlayedStudy.directory("canaries").toAbsolutePath();
        federation = Federation.create(work.resolve("federation"), "canaries", Distribution.find(), RELAYS);
        for (Seat seat : seats()) {
            federation.admit(List.of(seat)); // one after the other: this story has many processes already
        }
        List<String> runs = new ArrayList<>();
        for (String site : List.of("private", "bucket", "steward")) {
            runs = capture(federation.node(site), site.equals("steward") ? OPENED : KEPT);
        }
        List<String> rounds = rounds(runs.size());
        for (String site : List.of("private", "bucket", "steward")) {
            contribute(federation.node(site), rounds);
        }
        decide(federation.node("steward"));
        federation
                .node("private")
                .client()
                .record(CanaryJson.object(
                        "kind",
                        "revocation",
                        "externalId",
                        "withdrawal",
                        "artifact",
                        "rows-1",
                        "reason",
                        "consent-withdrawn"));
        for (SiteNode node : federation.nodes()) {
            Await.until(
                    "receipts for all of " + node.name(),
                    LIMIT,
                    () -> node.client().statements("pending").isEmpty());
            assertThat(node.client().statements("refused")).as(node.name()).isEmpty();
        }
    }

    private static List<Seat> seats() {
        return List.of(
                Seat.coordinator("coordinator"),
                Seat.site("private", "disclose metric.loss to role:coordinator automatic"),
                Seat.site(
                        "bucket",
                        "field metric.* bucket 1000",
                        "field parameter.* withheld",
                        "field dataset.digest public",
                        "field code.digest public",
                        "field environment.digest public",
                        "progress started on"),
                Seat.site(
                        "steward",
                        "release contribution steward",
                        "release evaluation steward",
                        "field dataset.digest withheld",
                        "field metric.shared open",
                        "field metric.sharedCount open",
                        "progress waiting on"));
    }

    @AfterAll
    static void close() {
        if (federation != null) {
            federation.close();
        }
        RELAYS.close();
    }

    /** Through every reader. The runs that there are then. */
    private static List<String> capture(SiteNode node, Canaries shared) throws Exception {
        Path dir = Files.createDirectories(work.resolve("tools-" + node.name()));
        CanaryJson.plain(node, KEPT.at(node.name() + " records"), shared, 45);
        CanaryJson.openLineage(node, KEPT.at(node.name() + " OpenLineage"), 30);
        CanaryMlflow.database(node, dir, KEPT.at(node.name() + " mlflow.db"), 15);
        CanaryMlflow.folder(node, dir, KEPT.at(node.name() + " mlruns"), 15);
        CanaryMlflow.server(node, KEPT.at(node.name() + " MLflow server"), 15);
        Path repository = CanaryCommands.repository(dir, KEPT.at(node.name() + " Git"));
        CanaryCommands.dvc(node, repository, KEPT.at(node.name() + " DVC"), 20);
        CanaryCommands.command(node, repository, KEPT.at(node.name() + " run"), 60);
        CanaryCommands.command(node, repository, KEPT.at(node.name() + " run"), 60);
        return runs(node);
    }

    private static List<String> runs(SiteNode node) {
        return node.client().records().stream()
                .filter(record -> record.get("kind").getAsString().equals("run"))
                .map(record -> record.get("externalId").getAsString())
                .toList();
    }

    private static List<String> rounds(int count) {
        SiteClient coordinator = federation.node("coordinator").client();
        List<String> rounds = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            JsonObject protocol = CanaryJson.object(
                    "preprocessing",
                    "sha256:"
                            + Hashing.sha256(PLANTED.getBytes(StandardCharsets.UTF_8))
                                    .hex());
            rounds.add(coordinator
                    .round(
                            "register",
                            CanaryJson.object(
                                    "externalId",
                                    "register-" + n,
                                    "trainingLine",
                                    "canaries",
                                    "number",
                                    n + 1,
                                    "protocol",
                                    protocol,
                                    "inputModel",
                                    MODEL))
                    .statement());
        }
        SmallFederation.awaitDurable(federation.node("coordinator"), rounds.get(count - 1));
        return rounds;
    }

    private static void contribute(SiteNode node, List<String> rounds) {
        JsonArray batch = new JsonArray();
        List<String> runs = runs(node);
        for (int n = 0; n < runs.size(); n++) {
            if (batch.size() >= BATCH) {
                send(node, batch);
                batch = new JsonArray();
            }
            batch.add(CanaryJson.object("kind", "round", "event", "started", "round", rounds.get(n)));
            batch.add(CanaryJson.object(
                    "kind",
                    "round",
                    "event",
                    "contribution",
                    "externalId",
                    "contribution-" + n,
                    "round",
                    rounds.get(n),
                    "run",
                    runs.get(n),
                    "inputModel",
                    MODEL,
                    "wireDigest",
                    MODEL,
                    "privacy",
                    List.of(CanaryJson.object(
                            "name", "dp-gaussian", "parameters", CanaryJson.object("epsilon", KEPT.metric())))));
        }
        batch.add(CanaryJson.object(
                "kind",
                "round",
                "event",
                "evaluation",
                "externalId",
                "evaluation",
                "round",
                rounds.get(0),
                "run",
                runs.get(0),
                "model",
                MODEL));
        send(node, batch);
    }

    private static void send(SiteNode node, JsonArray batch) {
        HttpReply reply = node.client().send("POST", "/v1/records/batch", batch.toString());
        assertThat(reply.body().get("refused").getAsInt()).as(reply.toString()).isZero();
    }

    /** A field that is opened for one reader travels sealed: for everybody else it is a canary as before. */
    private static void disclose(SiteNode reader, String statement) {
        String[] ask = {
            "disclosure",
            "ask",
            statement,
            "--field",
            "metric.loss",
            "--purpose",
            "audit-2026",
            "--why",
            KEPT.at("words of a request").remark(),
            "--json"
        };
        Command[] asked = new Command[1];
        Await.until("the reader's copy holds the statement", LIMIT, () -> {
            asked[0] = reader.tryCommand(ask);
            return asked[0].exitCode() == 0 || !asked[0].output().contains("holds no statement");
        });
        assertThat(asked[0].exitCode()).as(asked[0].output()).isZero();
        String id = JsonParser.parseString(asked[0].output())
                .getAsJsonObject()
                .get("disclosureId")
                .getAsString();
        Await.until(
                "what was asked for is opened",
                LIMIT,
                () -> shown(reader, id).get("state").getAsString().equals("opened"));
        double opened = shown(reader, id)
                .getAsJsonArray("values")
                .get(0)
                .getAsJsonObject()
                .get("value")
                .getAsDouble();
        assertThat(KEPT.searchable()).extracting(RawValue::text).contains(Double.toString(opened));
    }

    private static JsonObject shown(SiteNode node, String id) {
        return node.client().send("GET", "/v1/disclosures/" + id, "").body();
    }

    /** A contribution of a site, as its node knows it. */
    private static String contribution(SiteNode node) {
        return node.client().statements("durable").stream()
                .filter(one -> one.get("predicateType").getAsString().contains("contribution"))
                .map(one -> one.get("statement").getAsString())
                .findFirst()
                .orElseThrow();
    }

    /** Every third one stays, for a reason that is itself a canary. What the others showed is what left. */
    private static void decide(SiteNode node) throws Exception {
        SiteClient steward = node.client(node.addToken(STEWARD, "steward"));
        List<JsonObject> waiting = steward.releases("waiting");
        assertThat(waiting).hasSizeGreaterThan(100);
        assertThat(node.client().statements("durable").toString()).doesNotContain("contribution");
        for (int n = 0; n < waiting.size(); n++) {
            String id = waiting.get(n).get("releaseId").getAsString();
            if (n % 3 == 2) {
                String reason = CanaryJson.object(
                                "reason", KEPT.at("steward's reason").remark())
                        .toString();
                assertThat(steward.send("POST", "/v1/release/" + id + "/refuse", reason)
                                .status())
                        .isEqualTo(200);
            } else {
                JsonObject preview = steward.release(id);
                String shown = preview.get("body").getAsString();
                for (JsonElement opening : preview.getAsJsonArray("openings")) {
                    LET_OUT.add(Double.parseDouble(
                            opening.getAsJsonObject().get("value").getAsString()));
                }
                String statement = steward.approve(id).get("statement").getAsString();
                assertThat(withoutHeader(payload(node, statement))).isEqualTo(shown);
            }
        }
    }

    private static String payload(SiteNode node, String statement) throws Exception {
        byte[] envelope = Base64.getDecoder()
                .decode(node.client().statement(statement).get("envelope").getAsString());
        return Envelope.parseFrom(envelope).getPayload().toStringUtf8();
    }

    /** The header is one member of the predicate, which the preview says is added at signing. */
    private static String withoutHeader(String payload) {
        int start = payload.indexOf("\"header\":{");
        int end = start;
        int depth = 0;
        do {
            char c = payload.charAt(end);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            end++;
        } while (depth > 0 || payload.charAt(end - 1) != '}');
        int comma = payload.charAt(end) == ',' ? 1 : 0;
        return payload.substring(0, start) + payload.substring(end + comma);
    }

    private static List<Haystack> places() {
        Path aggregator = federation.aggregator().dir();
        return List.of(
                RelayHaystack.messages(RELAYS.recording()),
                new FileHaystack(List.of(aggregator, federation.log("aggregator"))),
                new SqliteHaystack(aggregator.resolve("aggregator.db")));
    }

    private static Control planted() {
        return new Control("planted digest", RawValue.text("planted", PLANTED), "SHA-256 of text");
    }

    @Test
    void tenThousandCanaries_areNowhereOutside() {
        disclose(federation.node("coordinator"), contribution(federation.node("private")));
        assertThat(KEPT.count()).as(KEPT.counts().toString()).isGreaterThanOrEqualTo(10_000);
        List<Haystack> places = new ArrayList<>(places());
        places.add(RelayHaystack.payloads(RELAYS.recording()));
        Control model = new Control("model", RawValue.text("released", MODEL), "text");
        List<RawValue> kept = new ArrayList<>(KEPT.searchable());
        OPENED.searchable().stream().filter(value -> !isLetOut(value)).forEach(kept::add);
        assertThat(kept)
                .as("what the steward refused is kept")
                .hasSizeGreaterThan(KEPT.searchable().size());
        SearchReport report = new SovereigntySearch(kept, List.of(planted(), model)).run(places);
        System.out.printf(
                "%,d canaries, %,d of them searched for in %,d bytes: %d found; %d of %d controls%n",
                KEPT.count(),
                report.rawValues() - report.tooShort(),
                report.bytesSearched(),
                report.found(),
                report.controlsFound(),
                report.controls());
        assertThat(report.findings()).isEmpty();
        assertThat(report.missed()).isEmpty();
        assertThat(report.tooShort()).isZero();
    }

    private static boolean isLetOut(RawValue value) {
        return LET_OUT.contains(Double.parseDouble(value.text()));
    }

    @Test
    void everyValueThatTheStewardLetOut_isFoundByTheSameSearch() {
        List<Control> open = OPENED.searchable().stream()
                .filter(CanariesIT::isLetOut)
                .map(value -> new Control(value.text(), value, ""))
                .toList();
        assertThat(open).hasSizeGreaterThan(20);
        assertThat(new SovereigntySearch(List.of(), open).run(places()).missed())
                .isEmpty();
    }

    @Test
    void valuesTooShortToSearch_areNotFoundOutByTryingThemAll() {
        Held held = new Held(
                List.of(places().get(2), RelayHaystack.payloads(RELAYS.recording())),
                Held.openings(RELAYS.recording()));
        assertThat(held.size()).isGreaterThan(2_000);
        List<FieldValue> domain = new ArrayList<>();
        for (int n = 0; n < 1_000; n++) {
            domain.add(FieldValue.of(n));
            domain.add(FieldValue.of((double) n));
            domain.add(FieldValue.of(Integer.toString(n)));
        }
        List<Enumeration.Recovered> recovered =
                new Enumeration(held, Set.of("rows", "bytes", "seed", "field.note")).of(domain);
        assertThat(recovered)
                .as("what the steward opened is open: the attack is not blind")
                .isNotEmpty()
                .allSatisfy(one -> assertThat(one.field())
                        .hasValueSatisfying(name -> assertThat(name).startsWith("metric.shared")));
        assertThat(recovered)
                .allSatisfy(one -> assertThat(LET_OUT)
                        .contains(Double.parseDouble(one.value().display())));
    }
}
