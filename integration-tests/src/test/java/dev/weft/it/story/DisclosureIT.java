package dev.weft.it.story;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Command;
import dev.weft.it.federation.Distribution;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.Seat;
import dev.weft.it.federation.SiteClient;
import dev.weft.it.federation.SiteNode;
import dev.weft.it.relay.Relays;
import dev.weft.it.search.FileHaystack;
import dev.weft.it.search.RawValue;
import dev.weft.it.search.RelayHaystack;
import dev.weft.it.search.SearchReport;
import dev.weft.it.search.SovereigntySearch;
import dev.weft.proto.digest.Hashing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A field that a site committed to reaches the one reader for whom it was opened, and nobody else. */
@Tag("steward")
class DisclosureIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String CANARY = "/wards/7/disclosed-canary-f2c9e1a7.csv";
    private static final String KEPT = "the undisclosed canary 5d81c0b4 stays here";
    private static final String WHY = "we have to look at canary-of-words-77ab12";

    private static final Relays RELAYS = new Relays();
    private static Federation federation;
    private static SiteNode hospital;
    private static SiteNode auditor;
    private static Path steward;
    private static String statement;
    private static String dataset = "";

    @BeforeAll
    static void begin() {
        federation = Federation.create(PlayedStudy.directory("disclosure"), "disclosure", Distribution.find(), RELAYS);
        List<SiteNode> nodes = federation.admit(List.of(
                Seat.coordinator("coordinator"),
                Seat.site(
                        "hospital-a",
                        "field metric.* private",
                        "disclose metric.accuracy to role:auditor automatic",
                        "disclose metric.f1 to * automatic",
                        "disclose metric.loss to * never"),
                new Seat("auditor", "auditor", "Auditors", List.of())));
        hospital = nodes.get(1);
        auditor = nodes.get(2);
        steward = hospital.addToken("steward", "steward");
        statement = contribution(nodes.get(0).client(), hospital.client());
        SmallFederation.awaitDurable(hospital, statement);
    }

    @AfterAll
    static void end() {
        federation.close();
        RELAYS.close();
    }

    private static String contribution(SiteClient coordinator, SiteClient site) {
        JsonObject register = new JsonObject();
        register.addProperty("externalId", "register");
        register.addProperty("trainingLine", "line");
        register.addProperty("number", 1);
        register.addProperty("inputModel", "weft-model-v1:" + "1".repeat(64));
        String round = coordinator.round("register", register).statement();
        dataset = ""
                + site.record(json("""
                {"kind":"dataset","externalId":"rows","name":"rows of ward 7","digest":"%s","path":"%s",
                 "rows":1234567,"version":"v-gone","description":"%s"}
                """.formatted(digest("rows"), CANARY, KEPT))).record();
        site.record(json("""
                {"kind":"run","externalId":"train","step":"train","inputs":["rows"],
                 "metrics":{"accuracy":0.9371824655,"loss":0.2718281828,"auc":0.8812345678,"f1":0.7654321}}
                """));
        JsonObject contribution = json("""
                {"kind":"round","event":"contribution","externalId":"c1","run":"train",
                 "inputModel":"weft-model-v1:%s","wireDigest":"%s"}
                """.formatted("1".repeat(64), "weft-model-v1:" + "2".repeat(64)));
        contribution.addProperty("round", round);
        return site.record(contribution).statement();
    }

    private static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }

    private static String digest(String text) {
        return "sha256:" + Hashing.sha256(text.getBytes(UTF_8)).hex();
    }

    /** As the auditor types it, once the copy of the log at the auditor holds the statement. */
    private static String ask(String... what) {
        List<String> line = new ArrayList<>(List.of("disclosure", "ask", statement));
        line.addAll(List.of(what));
        line.add("--json");
        Command[] last = new Command[1];
        Await.until("the auditor's copy holds the statement", LIMIT, () -> {
            last[0] = auditor.tryCommand(line.toArray(String[]::new));
            return last[0].exitCode() == 0 || !last[0].output().contains("holds no statement");
        });
        assertThat(last[0].exitCode()).as(last[0].output()).isZero();
        return json(last[0].output()).get("disclosureId").getAsString();
    }

    private static JsonObject shown(SiteNode node, String id) {
        return node.client().send("GET", "/v1/disclosures/" + id, "").body();
    }

    private static JsonObject awaitState(SiteNode node, String id, String state) {
        Await.until(
                "request " + id + " is " + state + " at " + node.name(),
                LIMIT,
                () -> shown(node, id).get("state").getAsString().equals(state));
        return shown(node, id);
    }

    /** The number under which the hospital has the request of that number at the auditor. */
    private static String atTheHospital(String id) {
        String request = shown(auditor, id).get("request").getAsString();
        List<String> found = new ArrayList<>();
        Await.until("the hospital has seen request " + id, LIMIT, () -> {
            found.clear();
            JsonObject list =
                    hospital.client().send("GET", "/v1/disclosures", "").body();
            for (JsonElement each : list.getAsJsonArray("disclosures")) {
                if (each.getAsJsonObject().get("request").getAsString().equals(request)) {
                    found.add(each.getAsJsonObject().get("disclosureId").getAsString());
                }
            }
            return !found.isEmpty();
        });
        return found.get(0);
    }

    private static String value(JsonObject shown) {
        JsonArray values = shown.getAsJsonArray("values");
        assertThat(values.size()).as(shown.toString()).isEqualTo(1);
        return values.get(0).getAsJsonObject().get("value").getAsString();
    }

    @Test
    void fieldThatTheStewardOpened_isReadByTheOneWhoAskedAndIsNowhereElse() throws Exception {
        String mine = ask("--artifact", "dataset", "--field", "path", "--purpose", "audit-2026", "--why", WHY);
        String theirs = atTheHospital(mine);
        JsonObject pending = awaitState(hospital, theirs, "waiting");
        assertThat(pending.get("requester").getAsString()).isEqualTo("auditor");
        assertThat(value(pending)).isEqualTo(CANARY);
        Await.until("the words have come", LIMIT, () -> shown(hospital, theirs).has("words"));
        assertThat(shown(hospital, theirs).get("words").getAsString()).isEqualTo(WHY);

        assertThat(hospital.tryCommand("disclosure", "approve", theirs).exitCode())
                .as("the token that join made decides nothing")
                .isNotZero();
        federation.aggregator().killHard();
        hospital.command("disclosure", "approve", theirs, "--token-file", steward.toString());
        hospital.daemon().killHard();
        hospital.daemon().start();
        federation.aggregator().start();

        JsonObject opened = awaitState(auditor, mine, "opened");
        assertThat(value(opened)).isEqualTo(CANARY);
        assertThat(opened.get("proof").getAsString()).contains("site's log");
        assertThat(opened.get("decidedAt").getAsString()).isNotEmpty();
        assertThat(hospital.tryCommand("disclosure", "refuse", theirs, "--token-file", steward.toString())
                        .output())
                .contains("decision-taken");
        Await.until(
                "the hospital hears that it was read",
                LIMIT,
                () -> "taken".equals(text(shown(hospital, theirs), "sealed")));

        SearchReport report = search();
        assertThat(report.findings()).isEmpty();
        assertThat(report.bytesSearched()).isGreaterThan(100_000);
        assertThat(new String(Files.readAllBytes(auditor.dir().resolve("node.db-wal")), UTF_8)
                        + new String(Files.readAllBytes(auditor.dir().resolve("node.db")), UTF_8))
                .as("at its reader it is")
                .contains(CANARY)
                .doesNotContain(KEPT);
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(auditor.dir().resolve("node.db"))))
                .isEqualTo("rw-------");
    }

    @Test
    void openedField_isProvedToWhoeverIsHandedTheFile() throws Exception {
        String mine = ask("--field", "metric.f1");
        JsonObject unused = awaitState(auditor, mine, "opened");
        Path bundle = auditor.dir().resolve("opened.zip");

        auditor.command("audit", "export", "--disclosure", mine, "-o", bundle.toString());

        Command judged = auditor.tryCommand("verify", bundle.toString());
        assertThat(judged.exitCode()).as(judged.output()).isZero();
        assertThat(judged.output()).contains("metric.f1: 0.7654321").contains("disclosed");
        Python python = Python.find();
        Path mutants = auditor.dir().resolve("mutants");
        assertThat(python.run("mutants.py", bundle.toString(), mutants.toString()))
                .contains("held: good");
    }

    private static String text(JsonObject object, String name) {
        return object.has(name) ? object.get(name).getAsString() : "";
    }

    /** All that crossed a relay, and all that the aggregator keeps. */
    private static SearchReport search() {
        List<RawValue> canaries = List.of(
                RawValue.text("dataset.path", CANARY),
                RawValue.text("dataset.description", KEPT),
                RawValue.text("words", WHY));
        return new SovereigntySearch(canaries, List.of())
                .run(List.of(
                        RelayHaystack.messages(RELAYS.recording()),
                        RelayHaystack.payloads(RELAYS.recording()),
                        new FileHaystack(List.of(federation.aggregator().dir()))));
    }

    @Test
    void policyDecides_whereItHasARule() {
        String accuracy = ask("--field", "metric.accuracy");
        assertThat(value(awaitState(auditor, accuracy, "opened"))).isEqualTo("0.9371824655");

        String loss = ask("--field", "metric.loss");
        JsonObject refused = awaitState(auditor, loss, "refused");
        assertThat(refused.get("reason").getAsString()).isEqualTo("decision-refused");
        assertThat(refused.getAsJsonArray("values").size()).isZero();
    }

    @Test
    void refusalIsAnAnswer_withWordsForTheOneWhoAsked() {
        String mine = ask("--field", "metric.auc");
        String theirs = atTheHospital(mine);
        awaitState(hospital, theirs, "waiting");
        assertThat(auditor.tryCommand("disclosure", "ask", statement, "--field", "metric.auc")
                        .output())
                .contains("duplicate");
        hospital.command(
                "disclosure",
                "refuse",
                theirs,
                "--why",
                "not before the paper is out",
                "--token-file",
                steward.toString());

        JsonObject refused = awaitState(auditor, mine, "refused");
        assertThat(refused.get("reason").getAsString()).isEqualTo("decision-refused");
        Await.until("the words have come", LIMIT, () -> shown(auditor, mine).has("answer"));
        assertThat(shown(auditor, mine).get("answer").getAsString()).isEqualTo("not before the paper is out");
    }

    @Test
    void erasedField_isRefusedWithItsReason() {
        hospital.command("erase", dataset, "--field", "version", "--token-file", steward.toString());

        String mine = ask("--artifact", "dataset", "--field", "version");

        assertThat(awaitState(auditor, mine, "refused").get("reason").getAsString())
                .isEqualTo("erased");
        assertThat(auditor.tryCommand("disclosure", "ask", "0".repeat(64), "--field", "metric.auc")
                        .output())
                .contains("not-found");
        assertThat(auditor.command("disclosure", "list")).contains("hospital-a", "erased");
    }
}
