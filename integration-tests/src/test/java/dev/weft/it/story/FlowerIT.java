package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.it.federation.Answers;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.SiteClient;
import dev.weft.it.federation.SiteNode;
import dev.weft.it.story.ToolsAtSites.Prepared;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.SiteInRound;
import dev.weft.proto.v1.SiteState;
import dev.weft.proto.v1.Vertex;
import dev.weft.proto.v1.VertexKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real Flower and real NVFlare, each client with a node of its own: every round comes out complete. Some sites prepared their
 * data with OpenLineage, MLflow and DVC, and one answer about the final model tells of all of it.
 */
@Tag("interop")
class FlowerIT {
    private static final int ROUNDS = 2;
    private static final String LINE = "regression";
    private static final String LINEAGE = "site-01";
    private static final String MLFLOW = "site-02";
    private static final String DVC = "site-03";
    private static final Pattern UPDATE = Pattern.compile("\"update\"[^}]*?weft-model-v1:([0-9a-f]{64})");

    @TempDir
    private Path dir;

    @AfterAll
    static void close() {
        TenSites.close();
    }

    /** What a script needs to know: a node for each client, and what the client trains on. */
    private Path simulation(Federation all, String line, Map<String, Prepared> prepared) throws IOException {
        JsonObject json = new JsonObject();
        json.add("coordinator", TenSites.node(all.node("coordinator"), List.of()));
        JsonArray sites = new JsonArray();
        prepared.forEach((name, data) -> sites.add(TenSites.node(all.node(name), data.start())));
        json.add("sites", sites);
        json.addProperty("line", line);
        json.addProperty("rounds", ROUNDS);
        json.addProperty("privacy", true);
        return Files.writeString(dir.resolve(line + ".json"), json.toString());
    }

    /** What each site trains on, by its name: three prepared it with a tool, seven have a file of rows. */
    private Map<String, Prepared> prepare(Federation all) throws Exception {
        Tools tools = Tools.find("tools", 1);
        Tools dvc = Tools.find("dvc", 1);
        Map<String, Prepared> prepared = new TreeMap<>();
        prepared.put(LINEAGE, ToolsAtSites.openLineage(tools, all.node(LINEAGE)));
        prepared.put(
                MLFLOW, ToolsAtSites.mlflow(tools, all.node(MLFLOW), Files.createDirectory(dir.resolve("mlflow"))));
        prepared.put(DVC, ToolsAtSites.dvc(dvc, all.node(DVC), dir.resolve("repository")));
        for (String name : TenSites.names()) {
            if (!prepared.containsKey(name)) {
                prepared.put(name, ToolsAtSites.rows(all.node(name)));
            }
        }
        return prepared;
    }

    @Test
    void flower_tenClientsWithFedAvg_oneAnswerNamesEverySiteAndWhatItsToolsTold() throws Exception {
        Tools flower = Tools.find("flower", 1);
        Federation all = TenSites.get();
        Map<String, Prepared> prepared = prepare(all);
        String model =
                flower.last("flower_run.py", simulation(all, LINE, prepared).toString());
        TenSites.awaitDelivered();

        SiteClient coordinator = all.node("coordinator").client();
        List<RoundStatus> rounds = TenSites.rounds(coordinator, LINE);
        assertThat(rounds).hasSize(ROUNDS).allSatisfy(round -> complete(round, TenSites.SITES));
        assertThat(rounds).extracting(RoundStatus::getOutputModel).contains(model);
        namesWhatEverySiteTold(all.node("site-10").command("ask", "lineage", model), prepared);
        toldByTools(TenSites.lineage(coordinator, model));
        privacyIsCommittedTo(all.node("site-04"));
    }

    /** The answer at another site's terminal: each dataset, and what made it, beside the name of the site that said it. */
    private static void namesWhatEverySiteTold(String answer, Map<String, Prepared> prepared) {
        List<String> lines = answer.lines().toList();
        prepared.forEach((site, told) -> assertThat(told.digests())
                .as("told by " + site)
                .isNotEmpty()
                .allSatisfy(digest ->
                        assertThat(lines).anySatisfy(line -> assertThat(line).contains(digest, site))));
        assertThat(answer).doesNotContain("raw.csv", "prepared.csv", "clean.csv", "ward7", "wardmodel", "nightly");
    }

    /** A site without such a tool tells of one dataset, and of one training in each round. */
    private static void toldByTools(Answers lineage) {
        assertThat(lineage.holds()).isTrue();
        assertThat(datasets(lineage, "site-09")).hasSize(1);
        assertThat(of(lineage, "site-09", VertexKind.RUN_VERTEX)).hasSize(ROUNDS);
        assertThat(List.of(LINEAGE, MLFLOW, DVC))
                .allSatisfy(site -> assertThat(of(lineage, site, VertexKind.RUN_VERTEX))
                        .as("the run of the tool at " + site)
                        .hasSizeGreaterThan(ROUNDS));
    }

    @Test
    void secAgg_logHasTheMaskedVectorsAndNoCounts() throws Exception {
        Tools flower = Tools.find("flower", 1);
        Federation all = TenSites.get();
        Map<String, Prepared> prepared = new TreeMap<>();
        List.of("site-06", "site-07", "site-08").forEach(name -> prepared.put(name, ToolsAtSites.rows(all.node(name))));
        String model =
                flower.last("secagg_run.py", simulation(all, "masked", prepared).toString());
        TenSites.awaitDelivered();

        SiteClient coordinator = all.node("coordinator").client();
        List<RoundStatus> rounds = TenSites.rounds(coordinator, "masked");
        assertThat(rounds).hasSize(ROUNDS).allSatisfy(round -> {
            complete(round, prepared.size());
            assertThat(round.getSitesList())
                    .allSatisfy(site -> assertThat(site.getWireDigest()).startsWith("weft-blobs-v1:"));
        });
        assertThat(rounds).extracting(RoundStatus::getOutputModel).contains(model);
        List<String> left = envelopes(all.node("site-07"));
        assertThat(left)
                .anySatisfy(envelope -> assertThat(envelope).contains("secaggplus-mod", "threshold"))
                .allSatisfy(envelope -> assertThat(envelope).doesNotContain("num-examples", "num_examples"));
    }

    @Test
    void nvflare_aJobThatKnowsNothingOfWeft_isRecordedByTheSites() throws Exception {
        Tools tools = Tools.find("nvflare", 1);
        Federation all = TenSites.get();
        JsonObject nodes = new JsonObject();
        nodes.addProperty("line", "nvflare");
        nodes.add("server", TenSites.node(all.node("coordinator"), List.of()));
        for (String name : List.of("site-05", "site-06")) {
            all.node(name).client().record(SmallFederation.dataset("nv-" + name));
            nodes.add(name, TenSites.node(all.node(name), List.of("nv-" + name)));
        }
        Path file = Files.writeString(dir.resolve("nodes.json"), nodes.toString());
        String model = tools.last(
                "nvflare_run.py", file.toString(), dir.resolve("nvflare").toString());
        TenSites.awaitDelivered();

        SiteClient coordinator = all.node("coordinator").client();
        List<RoundStatus> rounds = TenSites.rounds(coordinator, "nvflare");
        assertThat(rounds).hasSize(ROUNDS).allSatisfy(round -> complete(round, 2));
        assertThat(rounds).extracting(RoundStatus::getOutputModel).contains(model);
        Answers lineage = TenSites.lineage(coordinator, model);
        assertThat(datasets(lineage, "site-05")).isNotEmpty();
        assertThat(datasets(lineage, "site-06")).isNotEmpty();
    }

    private static void complete(RoundStatus round, int sites) {
        assertThat(round.getComplete()).as(round.toString()).isTrue();
        assertThat(round.getFlagsList()).isEmpty();
        assertThat(round.getSitesList()).hasSize(sites).allSatisfy(site -> {
            assertThat(site.getState()).as(site.toString()).isEqualTo(SiteState.SITE_ACCEPTED);
            assertThat(site.getFlagsList()).as(site.toString()).isEmpty();
            assertThat(site.getContribution().isEmpty()).isFalse();
        });
        assertThat(round.getSitesList().stream().map(SiteInRound::getWireDigest).distinct())
                .hasSize(sites);
    }

    private static List<Vertex> datasets(Answers lineage, String author) {
        return of(lineage, author, VertexKind.DATASET_VERTEX);
    }

    private static List<Vertex> of(Answers lineage, String author, VertexKind kind) {
        return lineage.vertices().stream()
                .filter(vertex -> vertex.getAuthor().equals(author) && vertex.getKind() == kind)
                .toList();
    }

    /** How noise was added is told by name, with what numbers is committed to; the plaintext's digest leaves nowhere. */
    private static void privacyIsCommittedTo(SiteNode site) {
        JsonObject contribution = site.client().records().stream()
                .filter(record -> record.toString().contains("local-dp-mod"))
                .findFirst()
                .orElseThrow();
        String plaintext = contribution.toString();
        assertThat(plaintext).contains("epsilon");
        List<String> left = envelopes(site);
        assertThat(left).anySatisfy(envelope -> assertThat(envelope).contains("local-dp-mod", "epsilon"));
        assertThat(left).noneSatisfy(envelope -> assertThat(envelope).contains(update(contribution)));
    }

    /** All that a site has stated so far, as it left. */
    private static List<String> envelopes(SiteNode site) {
        return site.client().statements("durable").stream()
                .map(statement ->
                        site.client().statement(statement.get("statement").getAsString()))
                .map(statement -> new String(
                        Base64.getDecoder().decode(statement.get("envelope").getAsString()),
                        StandardCharsets.ISO_8859_1))
                .toList();
    }

    private static String update(JsonObject contribution) {
        return UPDATE.matcher(contribution.toString())
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
    }
}
