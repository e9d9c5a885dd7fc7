package dev.weft.it.demo;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.it.federation.Answers;
import dev.weft.it.federation.RunFile;
import dev.weft.it.federation.SiteNode;
import dev.weft.it.relay.Relayed.Direction;
import dev.weft.it.search.SearchReport;
import dev.weft.proto.v1.ImpactSummary;
import java.nio.file.Path;
import java.util.List;

/** Everything that the demo found out, for people to read and for programs to parse. */
public final class Report {

    private final List<Check> checks;
    private final JsonObject json;

    private Report(List<Check> checks, JsonObject json) {
        this.checks = List.copyOf(checks);
        this.json = json;
    }

    /** Gathers the facts while the daemons still run. */
    static Report of(
            Study study,
            Inspection inspection,
            List<Check> checks,
            String dataset,
            Answers impact,
            SearchReport search,
            double seconds) {
        JsonArray rounds = new JsonArray();
        study.rounds().forEach(round -> rounds.add(round(study, inspection, round)));
        JsonObject json = Json.object(
                "rounds",
                rounds,
                "checks",
                Json.array(checks.stream()
                        .map(check ->
                                Json.object("name", check.name(), "holds", check.holds(), "detail", check.detail()))
                        .toList()),
                "impact",
                impact(dataset, impact),
                "sovereignty",
                Json.object(
                        "rawValues",
                        search.rawValues(),
                        "tooShort",
                        search.tooShort(),
                        "bytesSearched",
                        search.bytesSearched(),
                        "found",
                        search.found(),
                        "controls",
                        search.controls(),
                        "controlsFound",
                        search.controlsFound()),
                "processes",
                processes(study),
                "finalModel",
                study.finalModel(),
                "bundle",
                OfflineAudit.bundle(study),
                "policy",
                OfflineAudit.policy(study),
                "seconds",
                seconds);
        return new Report(checks, json);
    }

    public List<Check> checks() {
        return checks;
    }

    public boolean everythingHolds() {
        return checks.stream().allMatch(Check::holds);
    }

    /** The facts for a program. */
    public String json() {
        return new GsonBuilder()
                        .setPrettyPrinting()
                        .disableHtmlEscaping()
                        .create()
                        .toJson(json) + "\n";
    }

    private static JsonObject round(Study study, Inspection inspection, RoundFacts round) {
        return Json.object(
                "round",
                round.number(),
                "expected",
                study.names(),
                "contributed",
                List.copyOf(round.contributions().keySet()),
                "inputModel",
                round.inputModel(),
                "outputModel",
                round.outputModel(),
                "logIndexes",
                logIndexes(inspection, round));
    }

    static List<Long> logIndexes(Inspection inspection, RoundFacts round) {
        return inspection.wire().ofRound(round.id());
    }

    private static JsonObject impact(String dataset, Answers impact) {
        ImpactSummary summary = impact.end().getImpactList().stream()
                .filter(line -> line.getTrainingLine().equals(Coordinator.TRAINING_LINE))
                .findFirst()
                .orElse(ImpactSummary.getDefaultInstance());
        return Json.object(
                "dataset", dataset, "firstRound", summary.getFirstRound(), "models", summary.getModelsList());
    }

    private static JsonArray processes(Study study) {
        JsonArray processes = new JsonArray();
        RunFile aggregator = study.federation().aggregator().runFile();
        Path home = study.federation().aggregator().dir();
        processes.add(process(
                "aggregator",
                "aggregator",
                aggregator,
                home,
                home.resolve("tokens").resolve("admin.token")));
        for (SiteNode node : study.federation().nodes()) {
            processes.add(
                    process(node.name(), node.seat().role(), node.daemon().runFile(), node.dir(), node.tokenFile()));
        }
        return processes;
    }

    private static JsonObject process(String name, String role, RunFile run, Path dir, Path token) {
        return Json.object(
                "name",
                name,
                "role",
                role,
                "pid",
                run.pid(),
                "dir",
                dir,
                "http",
                run.http(),
                "grpc",
                run.grpc(),
                "tokenFile",
                token);
    }

    /** Bytes that went up through a member's relay. */
    static long bytesUp(Study study, SiteNode node) {
        return study.recording().bytes(node.name(), Direction.UP);
    }
}
