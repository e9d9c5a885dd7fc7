package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Distribution;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.Recorded;
import dev.weft.it.federation.SiteNode;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.SiteInRound;
import dev.weft.proto.v1.SiteState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real tools against a real node, and the blocks of the README, typed as they stand there. */
@Tag("interop")
class ConnectedToolsIT {
    private static final Pattern BLOCK =
            Pattern.compile("<!-- connect: (\\S+) -->\\n```sh\\n(.*?)\\n```", Pattern.DOTALL);

    @TempDir
    private Path dir;

    private static String block(String name, SiteNode node) throws IOException {
        Matcher block = BLOCK.matcher(Files.readString(Distribution.checkout().resolve("README.md")));
        while (block.find()) {
            if (block.group(1).equals(name)) {
                SiteNode coordinator = SmallFederation.get().node("coordinator");
                return block.group(2)
                        .replace("./integration-tests/python", Tools.SCRIPTS.toString())
                        .replace("--dir hospital-a", "--dir " + node.dir())
                        .replace("--dir coordinator", "--dir " + coordinator.dir())
                        .replace("http://127.0.0.1:7878", TenSites.address(node))
                        .replace("http://127.0.0.1:7879", TenSites.address(coordinator));
            }
        }
        throw new AssertionError("the README has no block to connect " + name);
    }

    private static String names(JsonObject lineage) {
        StringBuilder names = new StringBuilder();
        for (JsonElement record : lineage.getAsJsonArray("records")) {
            JsonElement id = record.getAsJsonObject().get("externalId");
            names.append(id == null ? "" : id.getAsString()).append('\n');
        }
        return names.toString();
    }

    private static JsonObject lineage(SiteNode node, String of) {
        return JsonParser.parseString(node.command("local", "lineage", of, "--json"))
                .getAsJsonObject();
    }

    /** A contribution on a run: the payload of the statement that left, once it is durable. */
    private static String contribute(Federation federation, String run) {
        SiteNode site = federation.node("hospital-a");
        String round = SmallFederation.register(federation.node("coordinator").client())
                .statement();
        SmallFederation.awaitDurable(federation.node("coordinator"), round);
        JsonObject contribution = new JsonObject();
        contribution.addProperty("kind", "round");
        contribution.addProperty("event", "contribution");
        contribution.addProperty("round", round);
        contribution.addProperty("run", run);
        contribution.addProperty("inputModel", "weft-model-v1:" + "1b".repeat(32));
        contribution.addProperty("wireDigest", "weft-model-v1:" + "2c".repeat(32));
        Recorded recorded = site.client().record(contribution);
        SmallFederation.awaitDurable(site, recorded.statement());
        byte[] envelope = Base64.getDecoder()
                .decode(site.client()
                        .statement(recorded.statement())
                        .get("envelope")
                        .getAsString());
        return new String(envelope, StandardCharsets.ISO_8859_1);
    }

    @Test
    void openLineageClient_needsAnAddressAndAKeyAlone() throws Exception {
        Tools tools = Tools.find(1);
        Federation federation = SmallFederation.get();
        SiteNode node = federation.node("hospital-a");
        assertThat(tools.type(block("openlineage", node), dir))
                .contains("/data/clean/ward7.csv", "/data/raw/ward7.csv", "clean_wards");

        Path key = node.addToken("airflow-2", "capture");
        String run = tools.last(
                "openlineage_run.py",
                node.client().base().toString(),
                Files.readString(key).strip());
        assertThat(names(lineage(node, "dataset:file|/data/prepared.csv@sha256:" + "2b".repeat(32))))
                .as("of a run that never ended")
                .contains(
                        "run:" + run,
                        "dataset:file|/data/raw.csv",
                        "job:airflow|nightly.clean",
                        "code:https://git.example/etl@" + "0f".repeat(20));
        String left = contribute(federation, "run:" + run);
        assertThat(left).contains("\"inputs\":[{\"commitment\"").doesNotContain("raw.csv", "nightly", "git.example");
    }

    @Test
    void mlflow_isReadFromItsServerAndFromItsDatabase() throws Exception {
        Tools tools = Tools.find(1);
        Federation federation = SmallFederation.get();
        SiteNode node = federation.node("hospital-a");
        try (MlflowServer server = MlflowServer.start(tools, dir)) {
            String run = tools.last("mlflow_runs.py", server.url(), dir.toString());
            String said = tools.type(block("mlflow", node).replace(":5000", ":" + server.port()), dir);
            assertThat(said).contains("2 runs read", "ward7").doesNotContain(" 0 records are new, 0 were there");
            imported(node, run);
            JsonObject again = read(node, server.url(), "--all");
            assertThat(again.get("runs").getAsInt()).isEqualTo(2);
            assertThat(again.get("recorded").getAsInt()).as(again.toString()).isZero();
            assertThat(said).as("from the database after the server").contains("2 runs read: 0 records are new");
            String left = contribute(federation, "run:" + run);
            assertThat(left)
                    .contains("parameter.lr", "metric.loss", "\"environment\":[{\"commitment\"")
                    .doesNotContain("ward7", "mlflow_runs");
        }
    }

    @Test
    void mlflowFileStore_givesTheRecordsThatItsServerGives() throws Exception {
        Tools tools = Tools.find(1);
        SiteNode node = SmallFederation.get().node("hospital-a");
        Path store = dir.resolve("mlruns");
        String run = tools.last("mlflow_runs.py", "file://" + store, dir.toString());
        try (MlflowServer server = MlflowServer.start(tools, store.toString(), dir)) {
            JsonObject files = read(node, store.toString());
            assertThat(files.get("runs").getAsInt()).isEqualTo(2);
            assertThat(files.get("recorded").getAsInt())
                    .as("besides what another story left there: " + files)
                    .isGreaterThan(1);
            JsonObject served = read(node, server.url());
            assertThat(served.get("runs").getAsInt()).isEqualTo(2);
            assertThat(served.get("recorded").getAsInt()).as(served.toString()).isZero();
            assertThat(names(lineage(node, "run:" + run))).contains("dataset:ward7#", "job:wards");
        }
    }

    @Test
    void dvcRepository_isReadAgainWithoutAnythingNew() throws Exception {
        Tools tools = Tools.find("dvc", 1);
        SiteNode node = SmallFederation.get().node("hospital-a");
        Path repository = dir.resolve("repository");
        tools.type("bash " + Tools.SCRIPTS.resolve("dvc_repository.sh") + " " + repository, dir);
        String block = block("dvc", node).replace("path/to/repository", repository.toString());
        assertThat(tools.type(block, dir)).contains("clean.csv", "raw.csv");
        JsonObject again = JsonParser.parseString(node.command("import", "dvc", repository.toString(), "--json"))
                .getAsJsonObject();
        assertThat(again.get("recorded").getAsInt()).as(again.toString()).isZero();
    }

    @Test
    void anyCommand_isRecordedByPuttingANodeInFrontOfIt() throws Exception {
        Tools tools = Tools.find(1);
        SiteNode node = SmallFederation.get().node("hospital-a");
        Files.createDirectories(dir.resolve("data/ward-7"));
        Files.writeString(dir.resolve("data/ward-7/rows.csv"), "age,score\n61,0.5\n");
        Files.writeString(
                dir.resolve("train.py"),
                "import os; os.makedirs('out', exist_ok=True); open('out/weights.bin', 'wb').write(bytes(64))");
        assertThat(tools.type(block("run", node), dir))
                .contains("recorded as run:", "python3 train.py --epochs 3 --seed 7", "ward-7", "weights.bin");
    }

    @Test
    void flowerApp_isToldOfByBothNodes() throws Exception {
        Tools tools = Tools.find("flower", 1);
        SiteNode node = SmallFederation.get().node("hospital-a");
        node.client().record(SmallFederation.dataset("ward-7-2026"));
        assertThat(tools.type(block("flower", node), dir)).contains("wards/1", "wards/2", "hospital-a");
        List<RoundStatus> rounds = Await.value(
                "two complete rounds in the log",
                TenSites.LIMIT,
                () -> Optional.of(TenSites.rounds(
                                SmallFederation.get().node("coordinator").client(), "wards"))
                        .filter(told -> told.size() == 2 && told.stream().allMatch(RoundStatus::getComplete)));
        assertThat(rounds)
                .allSatisfy(round -> assertThat(round.getSitesList())
                        .extracting(SiteInRound::getMember, SiteInRound::getState)
                        .containsExactly(tuple("hospital-a", SiteState.SITE_ACCEPTED)));
    }

    @Test
    void nvflareKit_isReadyToRecordEveryJob() throws Exception {
        Tools tools = Tools.find("nvflare", 1);
        SiteNode node = SmallFederation.get().node("hospital-a");
        assertThat(tools.type(block("nvflare", node), dir))
                .contains("jobs in every scope are recorded by the node of hospital-a");
    }

    private static JsonObject read(SiteNode node, String store, String... how) {
        List<String> line = new ArrayList<>(List.of("import", "mlflow", store, "--json"));
        line.addAll(List.of(how));
        return JsonParser.parseString(node.command(line.toArray(String[]::new))).getAsJsonObject();
    }

    private void imported(SiteNode node, String run) throws IOException {
        String lineage = names(lineage(node, "model:wardmodel/1"));
        assertThat(lineage).contains("run:" + run, "dataset:ward7#", "job:wards", "environment:");
        JsonArray datasets = JsonParser.parseString(node.command("local", "list", "--kind", "dataset", "--json"))
                .getAsJsonObject()
                .getAsJsonArray("records");
        List<String> ward = datasets.asList().stream()
                .map(JsonElement::toString)
                .filter(text -> text.contains("\"ward7\""))
                .toList();
        assertThat(ward).isNotEmpty().allSatisfy(text -> assertThat(text).contains("weakDigest", "sha256:"));
    }
}
