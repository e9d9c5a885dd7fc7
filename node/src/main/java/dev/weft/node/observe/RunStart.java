package dev.weft.node.observe;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of a run when it begins. It is recorded then, so that a run which never ends was seen; how it ended
 * follows as an observation of it.
 */
public record RunStart(String id, String step, List<Artifact> inputs, Setting setting, Started started) {
    /** The source of every record that {@code weft-node run} makes. */
    public static final String SOURCE = "weft-run";

    /** The code and the environment, as records; the code's where one was found. */
    public record Setting(Optional<JsonObject> code, JsonObject environment) {}

    /** What was started, where, when, and with which parameters. */
    public record Started(
            CommandLine command, String directory, JsonObject parameters, OptionalLong seed, Instant at) {}

    public RunStart {
        inputs = List.copyOf(inputs);
    }

    /** The artifacts it names, then itself. */
    public List<JsonObject> records() {
        List<JsonObject> records = new ArrayList<>();
        setting.code().ifPresent(records::add);
        records.add(setting.environment());
        inputs.forEach(input -> records.add(input.record(SOURCE)));
        records.add(run());
        return records;
    }

    private JsonObject run() {
        JsonObject run = new JsonObject();
        run.addProperty("kind", "run");
        run.addProperty("source", SOURCE);
        run.addProperty("externalId", id);
        run.addProperty("step", step);
        run.add("inputs", ids(inputs));
        setting.code().ifPresent(code -> run.add("code", code.get("externalId")));
        run.add("environment", setting.environment().get("externalId"));
        run.add("parameters", started.parameters());
        started.seed().ifPresent(seed -> run.addProperty("seed", seed));
        run.addProperty("command", started.command().text());
        run.addProperty("started", started.at().toString());
        JsonObject own = new JsonObject();
        own.addProperty("directory", started.directory());
        run.add("fields", own);
        return run;
    }

    static JsonArray ids(List<Artifact> artifacts) {
        JsonArray ids = new JsonArray();
        artifacts.stream().map(Artifact::id).distinct().forEach(ids::add);
        return ids;
    }
}
