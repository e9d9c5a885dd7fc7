package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.it.federation.Answers;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.SiteClient;
import dev.weft.it.federation.SiteNode;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.SiteInRound;
import dev.weft.proto.v1.SiteState;
import dev.weft.proto.v1.Vertex;
import dev.weft.proto.v1.VertexKind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real Flower and real NVFlare, each client with a node of its own: every round comes out complete.
 */
@Tag("interop")
class FlowerIT {
    private static final int ROUNDS = 2;
    private static final String LINE = "regression";

    @TempDir
    private Path dir;

    @AfterAll
    static void close() {
        TenSites.close();
    }

    private static JsonObject simulation(Federation all) {
        JsonObject json = new JsonObject();
        json.add("coordinator", TenSites.node(all.node("coordinator"), "flower", List.of()));
        JsonArray sites = new JsonArray();
        for (String name : TenSites.names()) {
            all.node(name).client().record(SmallFederation.dataset("rows-" + name));
            sites.add(TenSites.node(all.node(name), "flower", List.of("rows-" + name)));
        }
        json.add("sites", sites);
        json.addProperty("line", LINE);
        json.addProperty("rounds", ROUNDS);
        json.addProperty("privacy", true);
        return json;
    }

    @Test
    void flower_tenClientsWithFedAvg_everyRoundIsCompleteAndTheModelNamesEverySite() throws Exception {
        Tools flower = Tools.find("flower", 1);
        Federation all = TenSites.get();
        JsonObject simulation = simulation(all);
        Path file = Files.writeString(dir.resolve("simulation.json"), simulation.toString());
        String model = flower.last("flower_run.py", file.toString());
        TenSites.awaitDelivered();

        SiteClient coordinator = all.node("coordinator").client();
        List<RoundStatus> rounds = TenSites.rounds(coordinator, LINE);
        assertThat(rounds).hasSize(ROUNDS).allSatisfy(round -> complete(round, TenSites.SITES));
        assertThat(rounds).extracting(RoundStatus::getOutputModel).contains(model);
        Answers lineage = TenSites.lineage(coordinator, model);
        namesEverySite(lineage);
        privacyIsCommittedTo(all.node("site-04"));
    }

    @Test
    void nvflare_aJobThatKnowsNothingOfWeft_isRecordedByTheSites() throws Exception {
        Tools tools = Tools.find("nvflare", 1);
        Federation all = TenSites.get();
        JsonObject nodes = new JsonObject();
        nodes.addProperty("line", "nvflare");
        nodes.add("server", TenSites.node(all.node("coordinator"), "nvflare", List.of()));
        for (String name : List.of("site-05", "site-06")) {
            all.node(name).client().record(SmallFederation.dataset("nv-" + name));
            nodes.add(name, TenSites.node(all.node(name), "nvflare", List.of("nv-" + name)));
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

    private static void namesEverySite(Answers lineage) {
        assertThat(lineage.holds()).isTrue();
        assertThat(TenSites.names())
                .allSatisfy(name -> assertThat(datasets(lineage, name))
                        .as("the dataset of " + name)
                        .isNotEmpty());
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
        List<String> left = site.client().statements("durable").stream()
                .map(statement ->
                        site.client().statement(statement.get("statement").getAsString()))
                .map(statement -> new String(
                        Base64.getDecoder().decode(statement.get("envelope").getAsString()),
                        StandardCharsets.ISO_8859_1))
                .toList();
        assertThat(left).anySatisfy(envelope -> assertThat(envelope).contains("local-dp-mod", "epsilon"));
        assertThat(left).noneSatisfy(envelope -> assertThat(envelope).contains(update(contribution)));
    }

    private static String update(JsonObject contribution) {
        return java.util.regex.Pattern.compile("\"update\"[^}]*?weft-model-v1:([0-9a-f]{64})")
                .matcher(contribution.toString())
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
    }
}
