package dev.weft.node.capture.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weft.node.record.LineageRecord;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A tracking server, honest, old, lying, or sending elsewhere. */
class TrackingServerTest {

    private static final String RUN = """
            {"info": {"run_id": "%s", "run_name": "n", "status": "FINISHED", "start_time": "%d", "end_time": 9,
              "artifact_uri": "http://169.254.169.254/steal"},
             "data": {"metrics": [{"key": "auc", "value": "NaN", "step": "3"}, {"key": "f1", "value": 0.5, "step": 0}],
              "params": [{"key": "lr", "value": "0.1"}]},
             "inputs": {"dataset_inputs": [{"tags": [{"key": "mlflow.data.context", "value": "training"}],
               "dataset": {"name": "d", "digest": "abc", "source_type": "http", "source": "{\\"url\\": \\"http://10.0.0.1/x\\"}"}}]},
             "outputs": {"model_outputs": [{"model_id": "m-1", "step": 0}]}}""";

    private HttpServer server;
    private final List<String> asked = new ArrayList<>();
    private final List<String> keys = new ArrayList<>();
    private String runsAnswer = "";

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath().replace("/api/2.0/mlflow/", "");
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        asked.add(path);
        keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        boolean second = body.contains("page_token");
        String said = switch (path) {
            case "experiments/search" ->
                second
                        ? "{\"experiments\": [{\"experiment_id\": \"2\", \"name\": \"b\"}]}"
                        : "{\"experiments\": [{\"experiment_id\": \"1\", \"name\": \"a\"}], \"next_page_token\": \"t\"}";
            case "runs/search" -> runsAnswer.isEmpty() ? runs(body, second) : runsAnswer;
            case "logged-models/m-1" ->
                "{\"model\": {\"info\": {\"model_id\": \"m-1\", \"name\": \"net\", \"artifact_uri\": \"s3://b/m\"}}}";
            case "model-versions/search" -> "";
            default -> "{}";
        };
        boolean elsewhere = said.startsWith("http://");
        if (elsewhere) {
            exchange.getResponseHeaders().add("Location", said);
        }
        byte[] bytes = said.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(
                elsewhere ? 302 : said.isEmpty() ? 404 : 200, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static String runs(String question, boolean second) {
        JsonObject asked = JsonParser.parseString(question).getAsJsonObject();
        String experiment = asked.getAsJsonArray("experiment_ids").get(0).getAsString();
        String run = RUN.formatted("r" + experiment + (second ? "-2" : "-1"), second ? 2 : 1);
        return "{\"runs\": [" + run + "]" + (second ? "" : ", \"next_page_token\": \"next\"") + "}";
    }

    private List<LineageRecord> read() throws Exception {
        List<LineageRecord> records = new ArrayList<>();
        URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        try (MlflowReader reader = MlflowReader.server(address, Optional.of("Bearer secret"), "mlflow", true)) {
            reader.read(MlflowCursor.start(), (said, runs, behind) -> records.addAll(said));
        }
        return records;
    }

    private Reason refusal() {
        try {
            read();
        } catch (VerificationException e) {
            return e.reason();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("it was read");
    }

    @Test
    void everyPageOfEveryExperiment_isRead() throws Exception {
        List<LineageRecord> records = read();
        assertThat(records)
                .filteredOn(LineageRecord.Run.class::isInstance)
                .extracting(record -> record.origin().externalId().orElse(""))
                .containsExactly("run:r1-1", "run:r1-2", "run:r2-1", "run:r2-2");
        LineageRecord.Observation first = records.stream()
                .filter(LineageRecord.Observation.class::isInstance)
                .map(LineageRecord.Observation.class::cast)
                .findFirst()
                .orElseThrow();
        assertThat(first.details().metrics().toString()).contains("auc", "NaN", "0.5");
        assertThat(first.uses().inputs()).hasSize(1);
        assertThat(first.uses().outputs()).hasSize(1);
        assertThat(keys).containsOnly("Bearer secret");
        assertThat(asked).doesNotContain("/steal", "/x");
    }

    @Test
    void serverThatSendsElsewhere_isNotFollowed() {
        runsAnswer = "http://127.0.0.1:" + server.getAddress().getPort() + "/elsewhere";
        assertThat(refusal()).isEqualTo(Reason.FOREIGN_ORIGIN);
        assertThat(asked).doesNotContain("/elsewhere");
    }

    @Test
    void listingWithoutEnd_isLeft() {
        runsAnswer = "{\"runs\": [" + RUN.formatted("r", 1) + "], \"next_page_token\": \"same\"}";
        assertThat(refusal()).isEqualTo(Reason.LIMIT_EXCEEDED);
    }

    @Test
    void answerThatIsNotMlflows_isRefused() {
        runsAnswer = "<html>login</html>";
        assertThat(refusal()).isEqualTo(Reason.MALFORMED);
    }

    @Test
    void addressWithSecretsOrOfAnotherKind_isRefused() {
        for (String address : List.of("http://u:p@h/", "ftp://h/", "http:///x", "https://h/?a=b")) {
            assertThatThrownBy(() -> MlflowReader.server(URI.create(address), Optional.empty(), "mlflow", false))
                    .as(address)
                    .isInstanceOf(VerificationException.class);
        }
    }
}
