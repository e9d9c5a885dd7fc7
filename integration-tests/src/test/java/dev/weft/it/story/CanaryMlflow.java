package dev.weft.it.story;

import static dev.weft.it.story.CanaryJson.object;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weft.it.federation.SiteNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** MLflow stores of all three kinds, of which each run holds 14 canaries. */
final class CanaryMlflow {

    private static final long START = 1_700_000_000_000L;

    /** One run, whatever form it is kept in. */
    private record Run(
            String id,
            long start,
            String user,
            String artifacts,
            Map<String, String> params,
            Map<String, Double> metrics,
            Map<String, String> tags,
            String dataset,
            String digest,
            String source) {}

    private CanaryMlflow() {}

    private static List<Run> runs(String prefix, Canaries some, int count) {
        List<Run> runs = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            runs.add(new Run(
                    prefix + n,
                    START + n,
                    some.user(),
                    "s3://" + some.host() + some.path(),
                    new TreeMap<>(Map.of(
                            "cohort", some.patient(), "few", Integer.toString(some.small()), "note", some.remark())),
                    new TreeMap<>(Map.of("auc", some.metric(), "loss", some.metric(), "cases", (double) some.small())),
                    new TreeMap<>(Map.of(
                            "mlflow.source.name", some.path(), "mlflow.user", some.user(), "ward", some.remark())),
                    some.patient(),
                    "0000abcd",
                    object("uri", some.path()).toString()));
        }
        return runs;
    }

    /** As an mlflow.db. */
    static void database(SiteNode node, Path dir, Canaries some, int count) throws SQLException {
        List<Run> runs = runs("db", some, count);
        Path file = dir.resolve("mlflow.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("""
                        CREATE TABLE experiments (experiment_id INTEGER, name TEXT, lifecycle_stage TEXT);
                        CREATE TABLE runs (run_uuid TEXT, name TEXT, user_id TEXT, status TEXT, start_time BIGINT,
                            end_time BIGINT, lifecycle_stage TEXT, artifact_uri TEXT, experiment_id INTEGER);
                        CREATE TABLE params (run_uuid TEXT, key TEXT, value TEXT);
                        CREATE TABLE tags (run_uuid TEXT, key TEXT, value TEXT);
                        CREATE TABLE latest_metrics (run_uuid TEXT, key TEXT, value DOUBLE, timestamp BIGINT, step BIGINT,
                            is_nan BOOLEAN);
                        CREATE TABLE datasets (dataset_uuid TEXT, name TEXT, digest TEXT, dataset_source_type TEXT,
                            dataset_source TEXT, dataset_schema TEXT, dataset_profile TEXT);
                        CREATE TABLE inputs (input_uuid TEXT, source_type TEXT, source_id TEXT, destination_type TEXT,
                            destination_id TEXT);
                        CREATE TABLE input_tags (input_uuid TEXT, name TEXT, value TEXT);
                        INSERT INTO experiments VALUES (1, 'wards', 'active');
                        """);
            }
            connection.setAutoCommit(false);
            for (Run run : runs) {
                insert(connection, run);
            }
            connection.commit();
        }
        node.command("import", "mlflow", file.toString());
    }

    private static void insert(Connection connection, Run run) throws SQLException {
        String id = run.id();
        row(
                connection,
                "runs",
                id,
                "night run",
                run.user(),
                "FINISHED",
                run.start(),
                run.start() + 1,
                "active",
                run.artifacts(),
                1);
        for (Map.Entry<String, String> param : run.params().entrySet()) {
            row(connection, "params", id, param.getKey(), param.getValue());
        }
        for (Map.Entry<String, String> tag : run.tags().entrySet()) {
            row(connection, "tags", id, tag.getKey(), tag.getValue());
        }
        for (Map.Entry<String, Double> metric : run.metrics().entrySet()) {
            row(connection, "latest_metrics", id, metric.getKey(), metric.getValue(), run.start(), 0, 0);
        }
        row(connection, "datasets", "d" + id, run.dataset(), run.digest(), "local", run.source(), "{}", "{}");
        row(connection, "inputs", "i" + id, "DATASET", "d" + id, "RUN", id);
    }

    private static void row(Connection connection, String table, Object... values) throws SQLException {
        String marks = String.join(",", java.util.Collections.nCopies(values.length, "?"));
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO " + table + " VALUES (" + marks + ")")) {
            for (int n = 0; n < values.length; n++) {
                insert.setObject(n + 1, values[n]);
            }
            insert.executeUpdate();
        }
    }

    /** As a folder mlruns. */
    static void folder(SiteNode node, Path dir, Canaries some, int count) throws IOException {
        List<Run> runs = runs("file", some, count);
        Path experiment = dir.resolve("mlruns").resolve("1");
        meta(experiment, "experiment_id: '1'\nlifecycle_stage: active\nname: wards in files\n");
        for (Run run : runs) {
            Path home = experiment.resolve(run.id());
            meta(
                    home,
                    "artifact_uri: %s\nend_time: %d\nexperiment_id: '1'\nrun_id: %s\nstart_time: %d\nstatus: 3\nuser_id: %s\n"
                            .formatted(run.artifacts(), run.start() + 1, run.id(), run.start(), run.user()));
            for (Map.Entry<String, String> param : run.params().entrySet()) {
                text(home.resolve("params").resolve(param.getKey()), param.getValue());
            }
            for (Map.Entry<String, String> tag : run.tags().entrySet()) {
                text(home.resolve("tags").resolve(tag.getKey()), tag.getValue());
            }
            for (Map.Entry<String, Double> metric : run.metrics().entrySet()) {
                text(home.resolve("metrics").resolve(metric.getKey()), run.start() + " " + metric.getValue() + " 0\n");
            }
            meta(experiment.resolve("datasets").resolve("d" + run.id()), """
                    digest: %s
                    name: %s
                    profile: '{}'
                    schema: '{}'
                    source: '%s'
                    source_type: local
                    """.formatted(
                            run.digest(), run.dataset(), run.source()));
            meta(home.resolve("inputs").resolve("i"), "source_id: d" + run.id() + "\nsource_type: DATASET\ntags: {}\n");
        }
        node.command("import", "mlflow", dir.resolve("mlruns").toString());
    }

    private static void meta(Path folder, String yaml) throws IOException {
        text(folder.resolve("meta.yaml"), yaml);
    }

    private static void text(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** As a tracking server. */
    static void server(SiteNode node, Canaries some, int count) throws IOException {
        List<Run> runs = runs("rest", some, count);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/2.0/mlflow/", exchange -> answer(exchange, runs));
        server.start();
        try {
            node.command(
                    "import",
                    "mlflow",
                    "http://127.0.0.1:" + server.getAddress().getPort());
        } finally {
            server.stop(0);
        }
    }

    private static void answer(HttpExchange exchange, List<Run> runs) throws IOException {
        exchange.getRequestBody().readAllBytes();
        String path = exchange.getRequestURI().getPath();
        JsonObject said = new JsonObject();
        if (path.endsWith("experiments/search")) {
            said = object("experiments", List.of(object("experiment_id", "1", "name", "wards of a server")));
        } else if (path.endsWith("runs/search")) {
            said = object("runs", runs.stream().map(CanaryMlflow::json).toList());
        }
        byte[] bytes = said.toString().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static JsonObject json(Run run) {
        JsonObject dataset = object(
                "name",
                run.dataset(),
                "digest",
                run.digest(),
                "source_type",
                "local",
                "source",
                run.source(),
                "schema",
                "{}",
                "profile",
                "{}");
        return object(
                "info",
                object(
                        "run_id",
                        run.id(),
                        "user_id",
                        run.user(),
                        "status",
                        "FINISHED",
                        "start_time",
                        run.start(),
                        "end_time",
                        run.start() + 1,
                        "artifact_uri",
                        run.artifacts()),
                "data",
                object("params", pairs(run.params()), "tags", pairs(run.tags()), "metrics", pairs(run.metrics())),
                "inputs",
                object("dataset_inputs", List.of(object("tags", new JsonArray(), "dataset", dataset))));
    }

    private static List<JsonObject> pairs(Map<String, ?> values) {
        return values.entrySet().stream()
                .map(each -> object("key", each.getKey(), "value", each.getValue(), "step", 0))
                .toList();
    }
}
