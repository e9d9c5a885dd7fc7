package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Distribution;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.Recorded;
import dev.weft.it.federation.SiteNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real tools against a real node: the OpenLineage client, an MLflow server and its database; and the README's blocks. */
@Tag("interop")
class ConnectedToolsIT {
    private static final int TESTS = 3;
    private static final Pattern BLOCK =
            Pattern.compile("<!-- connect: (\\S+) -->\\n```sh\\n(.*?)\\n```", Pattern.DOTALL);

    @TempDir
    private Path dir;

    private static String block(String name, SiteNode node) throws IOException {
        Matcher block = BLOCK.matcher(Files.readString(Distribution.checkout().resolve("README.md")));
        while (block.find()) {
            if (block.group(1).equals(name)) {
                return block.group(2)
                        .replace("--dir hospital-a", "--dir " + node.dir())
                        .replace(
                                "http://127.0.0.1:7878",
                                node.client().base().toString().replaceAll("/$", ""));
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
        Tools tools = Tools.find(TESTS);
        Federation federation = SmallFederation.get();
        SiteNode node = federation.node("hospital-a");
        assertThat(tools.type(block("openlineage", node), dir))
                .contains("/data/clean/ward7.csv", "/data/raw/ward7.csv", "clean_wards");

        Path key = node.addToken("airflow-2", "capture");
        String run = tools.last(
                "openlineage_run.py",
                node.client().base().toString(),
                Files.readString(key).strip());
        assertThat(names(lineage(node, "dataset:file|/data/prepared.csv")))
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
        Tools tools = Tools.find(TESTS);
        Federation federation = SmallFederation.get();
        SiteNode node = federation.node("hospital-a");
        int port = freePort();
        Process server = server(tools, "sqlite:///" + dir.resolve("mlflow.db"), port);
        try {
            Await.until("the MLflow server", Duration.ofMinutes(2), () -> listens(port));
            String run = tools.last("mlflow_runs.py", "http://127.0.0.1:" + port, dir.toString());
            String said = tools.type(block("mlflow", node).replace(":5000", ":" + port), dir);
            assertThat(said).contains("2 runs read", "ward7").doesNotContain(" 0 records are new, 0 were there");
            imported(node, run);
            JsonObject again = JsonParser.parseString(
                            node.command("import", "mlflow", "http://127.0.0.1:" + port, "--all", "--json"))
                    .getAsJsonObject();
            assertThat(again.get("runs").getAsInt()).isEqualTo(2);
            assertThat(again.get("recorded").getAsInt()).as(again.toString()).isZero();
            assertThat(said).as("from the database after the server").contains("2 runs read: 0 records are new");
            String left = contribute(federation, "run:" + run);
            assertThat(left)
                    .contains("parameter.lr", "metric.loss", "\"environment\":[{\"commitment\"")
                    .doesNotContain("ward7", "mlflow_runs");
        } finally {
            end(server);
        }
    }

    @Test
    void mlflowFileStore_givesTheRecordsThatItsServerGives() throws Exception {
        Tools tools = Tools.find(TESTS);
        SiteNode node = SmallFederation.get().node("hospital-a");
        Path store = dir.resolve("mlruns");
        int port = freePort();
        String run = tools.last("mlflow_runs.py", "file://" + store, dir.toString());
        Process server = server(tools, store.toString(), port);
        try {
            Await.until("the MLflow server", Duration.ofMinutes(2), () -> listens(port));
            JsonObject files = read(node, store.toString());
            assertThat(files.get("runs").getAsInt()).isEqualTo(2);
            assertThat(files.get("recorded").getAsInt()).as(files.toString()).isGreaterThan(6);
            JsonObject served = read(node, "http://127.0.0.1:" + port);
            assertThat(served.get("runs").getAsInt()).isEqualTo(2);
            assertThat(served.get("recorded").getAsInt()).as(served.toString()).isZero();
            assertThat(names(lineage(node, "run:" + run))).contains("dataset:ward7#", "job:wards");
        } finally {
            end(server);
        }
    }

    private static JsonObject read(SiteNode node, String store) {
        return JsonParser.parseString(node.command("import", "mlflow", store, "--json"))
                .getAsJsonObject();
    }

    private Process server(Tools tools, String store, int port) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        tools.path("mlflow"),
                        "server",
                        "--backend-store-uri",
                        store,
                        "--no-serve-artifacts",
                        "--default-artifact-root",
                        dir.resolve("artifacts").toString(),
                        "--host",
                        "127.0.0.1",
                        "--port",
                        Integer.toString(port),
                        "--workers",
                        "1")
                .directory(dir.toFile())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("mlflow.log").toFile());
        builder.environment().put("MLFLOW_ALLOW_FILE_STORE", "true");
        return builder.start();
    }

    private static void end(Process server) {
        server.descendants().forEach(ProcessHandle::destroy);
        server.destroy();
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

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
