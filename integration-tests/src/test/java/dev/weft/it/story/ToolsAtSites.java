package dev.weft.it.story;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.weft.it.federation.SiteNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;

/** Sites prepare their data with the tools that they use anyway. */
final class ToolsAtSites {

    /**
     * What a tool told of.
     *
     * @param start external ids of what a training then starts from
     * @param digests of these and of what stands behind them
     */
    record Prepared(List<String> start, List<String> digests) {}

    private ToolsAtSites() {}

    /** An Airflow-style run of the OpenLineage client, told as it happens. */
    static Prepared openLineage(Tools tools, SiteNode site) throws Exception {
        Path key = site.addToken("airflow", "capture");
        tools.last(
                "openlineage_run.py",
                TenSites.address(site),
                Files.readString(key).strip());
        Predicate<JsonObject> made = record -> id(record).startsWith("dataset:file|/data/prepared.csv@");
        return new Prepared(
                List.of(id(find(site, made))),
                List.of(
                        digest(site, made),
                        digest(site, record -> id(record).startsWith("dataset:file|/data/raw.csv@")),
                        digest(site, record -> id(record).startsWith("code:https://git.example/etl@"))));
    }

    /** A tracking server whose runs are imported: a registered model to start from, and the data behind it. */
    static Prepared mlflow(Tools tools, SiteNode site, Path dir) throws Exception {
        try (MlflowServer server = MlflowServer.start(tools, dir)) {
            tools.last("mlflow_runs.py", server.url(), dir.toString());
            site.command("import", "mlflow", server.url());
        }
        Predicate<JsonObject> ward = record -> id(record).startsWith("dataset:ward7#");
        return new Prepared(List.of("model:wardmodel/1", id(find(site, ward))), List.of(digest(site, ward)));
    }

    /** A repository with a stage that was run. */
    static Prepared dvc(Tools tools, SiteNode site, Path dir) throws Exception {
        tools.type(
                "bash " + Tools.SCRIPTS.resolve("dvc_repository.sh") + " " + dir,
                Objects.requireNonNull(dir.getParent()));
        site.command("import", "dvc", dir.toString());
        Predicate<JsonObject> clean = dvcFile("clean.csv");
        return new Prepared(
                List.of(id(find(site, clean))), List.of(digest(site, clean), digest(site, dvcFile("raw.csv"))));
    }

    /** A file of rows that no tool told of. */
    static Prepared rows(SiteNode site) {
        String id = "rows-" + site.name();
        site.client().record(SmallFederation.dataset(id));
        return new Prepared(
                List.of(id), List.of(digest(site, record -> id(record).equals(id))));
    }

    private static Predicate<JsonObject> dvcFile(String name) {
        return record -> id(record).startsWith("dvc:") && record.toString().contains("\"" + name + "\"");
    }

    private static JsonObject find(SiteNode site, Predicate<JsonObject> which) {
        return site.client().records().stream()
                .filter(record -> List.of("dataset", "code", "model")
                        .contains(record.get("kind").getAsString()))
                .filter(which)
                .findFirst()
                .orElseThrow();
    }

    private static String digest(SiteNode site, Predicate<JsonObject> which) {
        JsonObject record = find(site, which);
        return StreamSupport.stream(record.getAsJsonArray("fields").spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .filter(field -> field.get("name").getAsString().equals("digest"))
                .map(field -> field.get("value").getAsString())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no digest in " + record));
    }

    private static String id(JsonObject record) {
        return Optional.ofNullable(record.get("externalId"))
                .filter(id -> !id.isJsonNull())
                .map(JsonElement::getAsString)
                .orElse("");
    }
}
