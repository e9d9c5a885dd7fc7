package dev.weft.node.observe;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * How a run ended.
 */
public record RunEnd(RunStart start, Instant at, int exitCode, Made made, JsonObject metrics) {

    /**
     * What the run left behind.
     *
     * @param changed inputs that are not what they were when it began: what it read of them is not known
     * @param missing outputs that were announced and are not there
     */
    public record Made(List<Artifact> outputs, List<Path> changed, List<Path> missing) {
        public Made {
            outputs = List.copyOf(outputs);
            changed = List.copyOf(changed);
            missing = List.copyOf(missing);
        }
    }

    /** Its outputs, then the observation. */
    public List<JsonObject> records() {
        List<JsonObject> records = new ArrayList<>();
        made.outputs().forEach(output -> records.add(output.record(RunStart.SOURCE)));
        JsonObject end = new JsonObject();
        end.addProperty("kind", "observation");
        end.addProperty("source", RunStart.SOURCE);
        end.addProperty("externalId", start.id() + ":end");
        end.addProperty("run", start.id());
        end.addProperty("state", exitCode == 0 ? "completed" : "failed");
        end.addProperty("at", at.toString());
        end.add("outputs", RunStart.ids(made.outputs()));
        end.add("metrics", metrics);
        end.addProperty("ended", at.toString());
        end.addProperty("exitCode", exitCode);
        end.add("fields", own());
        records.add(end);
        return records;
    }

    private JsonObject own() {
        JsonObject own = new JsonObject();
        own.addProperty(
                "durationMillis", Duration.between(start.started().at(), at).toMillis());
        add(own, "inputsThatChanged", made.changed());
        add(own, "outputsThatAreMissing", made.missing());
        return own;
    }

    private static void add(JsonObject own, String name, List<Path> paths) {
        if (!paths.isEmpty()) {
            JsonArray texts = new JsonArray();
            paths.forEach(path -> texts.add(path.toString()));
            own.add(name, texts);
        }
    }
}
