package dev.weft.node.capture.mlflow;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.digest.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** One run as the store has it now. */
record MlflowRun(Info info, Data data, Artifacts artifacts) {

    private static final Set<String> ENDED = Set.of("finished", "failed", "killed");

    /**
     * Times are milliseconds of the epoch.
     *
     * @param status lower-case
     */
    record Info(
            String id, String name, String user, String status, long started, OptionalLong ended, String artifacts) {

        /** Empty text stands for what is not there. */
        Info {
            status = status.toLowerCase(Locale.ROOT);
        }
    }

    /** The last value that was logged under a name. */
    record Metric(double value, long step) {

        /** A database of MLflow's keeps an infinite one as the largest number there is, and its server tells of that. */
        Metric {
            value = Math.abs(value) == Double.MAX_VALUE ? Math.copySign(Double.POSITIVE_INFINITY, value) : value;
        }

        /** As a field: what is no number is text, since JSON has no form for it. */
        FieldValue field() {
            return Double.isFinite(value) ? FieldValue.of(value) : FieldValue.of(Double.toString(value));
        }
    }

    /** What was logged. */
    record Data(SortedMap<String, String> params, SortedMap<String, Metric> metrics, SortedMap<String, String> tags) {

        Data() {
            this(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
        }
    }

    /** A dataset that was logged as an input; source, schema and profile are JSON of MLflow's own. */
    record Input(
            String name,
            String digest,
            String context,
            String sourceType,
            String source,
            String schema,
            String profile) {}

    /** What it took and made; models by their ids. */
    record Artifacts(List<Input> datasets, Set<String> modelsIn, Set<String> modelsOut) {

        Artifacts() {
            this(new java.util.ArrayList<>(), new TreeSet<>(), new TreeSet<>());
        }
    }

    MlflowRun(Info info) {
        this(info, new Data(), new Artifacts());
    }

    boolean ended() {
        return ENDED.contains(info.status());
    }

    Optional<String> tag(String name) {
        return Optional.ofNullable(data.tags().get(name)).filter(text -> !text.isBlank());
    }

    /** SHA-256 over all of it: the same state has the same one, whichever way it was read. */
    Digest state() {
        JsonObject all = new JsonObject();
        all.addProperty("status", info.status());
        all.addProperty("ended", info.ended().orElse(0));
        all.addProperty("name", info.name());
        all.add("params", object(data.params()));
        all.add("tags", object(data.tags()));
        JsonObject metrics = new JsonObject();
        data.metrics().forEach((name, metric) -> metrics.addProperty(name, metric.value() + "@" + metric.step()));
        all.add("metrics", metrics);
        JsonArray datasets = new JsonArray();
        artifacts.datasets().stream()
                .map(input -> input.name() + "#" + input.digest() + "#" + input.context() + "#" + input.source())
                .sorted()
                .forEach(datasets::add);
        all.add("datasets", datasets);
        JsonArray models = new JsonArray();
        artifacts.modelsIn().forEach(id -> models.add("in " + id));
        artifacts.modelsOut().forEach(id -> models.add("out " + id));
        all.add("models", models);
        return Hashing.sha256(all.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static JsonObject object(Map<String, String> map) {
        JsonObject object = new JsonObject();
        map.forEach(object::addProperty);
        return object;
    }
}
