package dev.weft.node.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A run of this site with all that was said about it, as the node tells it. */
final class RunFacts {
    private final JsonObject run;
    private final Map<String, List<JsonObject>> around = new LinkedHashMap<>();

    private RunFacts(JsonObject run) {
        this.run = run;
    }

    /** Asks the node for the record of that number, external id or digest and for what it is linked with. */
    static RunFacts ask(LocalClient client, String of) throws CliException {
        String path = "/v1/local/lineage?depth=1&of=" + LocalClient.escape(of) + "&direction=";
        JsonObject up = client.get(path + "up");
        RunFacts facts = new RunFacts(up.getAsJsonArray("records").get(0).getAsJsonObject());
        facts.take(up, "down", "up");
        facts.take(client.get(path + "down"), "up", "down");
        return facts;
    }

    /** As {@link #ask}, of a run alone. */
    static RunFacts askRun(LocalClient client, String of) throws CliException {
        RunFacts facts = ask(client, of);
        if (!facts.kind().equals("run")) {
            throw new CliException(
                    Exit.USAGE,
                    "record " + of + " is a " + facts.kind() + "; name a run, as weft-node local list shows it");
        }
        return facts;
    }

    private void take(JsonObject answer, String own, String other) {
        Map<String, JsonObject> records = new LinkedHashMap<>();
        for (JsonElement each : answer.getAsJsonArray("records")) {
            records.put(NodeCommand.text(each.getAsJsonObject(), "record"), each.getAsJsonObject());
        }
        for (JsonElement each : answer.getAsJsonArray("links")) {
            JsonObject link = each.getAsJsonObject();
            JsonObject there = records.get(NodeCommand.text(link, other));
            if (NodeCommand.text(link, own).equals(NodeCommand.text(run, "record")) && there != null) {
                around.computeIfAbsent(own + ":" + NodeCommand.text(link, "role"), role -> new ArrayList<>())
                        .add(there);
            }
        }
    }

    JsonObject record() {
        return run;
    }

    String kind() {
        return NodeCommand.text(run, "kind");
    }

    List<JsonObject> inputs() {
        return around.getOrDefault("down:input", List.of());
    }

    List<JsonObject> outputs() {
        return around.getOrDefault("up:output", List.of());
    }

    List<JsonObject> code() {
        return around.getOrDefault("down:code", List.of());
    }

    List<JsonObject> environments() {
        return around.getOrDefault("down:environment", List.of());
    }

    /** The run, what was observed of it later, and what was measured of it: what is said last counts. */
    List<JsonObject> said() {
        List<JsonObject> said = new ArrayList<>(List.of(run));
        said.addAll(around.getOrDefault("up:run", List.of()));
        said.addAll(around.getOrDefault("up:measured", List.of()));
        return said;
    }

    /** What was said last of a field of the run, if anything was. */
    Optional<String> last(String field) {
        return said().stream().flatMap(record -> value(record, field).stream()).reduce((a, b) -> b);
    }

    /** All fields whose names begin so, without that beginning. */
    Map<String, String> all(String prefix) {
        Map<String, String> all = new TreeMap<>();
        for (JsonObject record : said()) {
            for (JsonElement each : record.getAsJsonArray("fields")) {
                String name = NodeCommand.text(each.getAsJsonObject(), "name");
                if (name.startsWith(prefix)) {
                    value(record, name).ifPresent(value -> all.put(name.substring(prefix.length()), value));
                }
            }
        }
        return all;
    }

    static Optional<JsonElement> field(JsonObject record, String name) {
        for (JsonElement each : record.getAsJsonArray("fields")) {
            JsonObject field = each.getAsJsonObject();
            if (NodeCommand.text(field, "name").equals(name)) {
                return Optional.ofNullable(field.get("value"));
            }
        }
        return Optional.empty();
    }

    /** A field's value as text; lists as JSON. */
    static Optional<String> value(JsonObject record, String name) {
        return field(record, name).map(value -> value.isJsonPrimitive() ? value.getAsString() : value.toString());
    }

    /** How people call an artifact: its path, else its name. */
    static String name(JsonObject record) {
        return value(record, "path")
                .or(() -> value(record, "name"))
                .orElse("record " + NodeCommand.text(record, "record"));
    }

    /** Its digest, or its weak one, or that it has none. */
    static String digest(JsonObject record) {
        return value(record, "digest")
                .or(() -> value(record, "weakDigest").map(weak -> weak + " (weak)"))
                .orElse("no digest");
    }

    /** The fields that were erased of what is known. */
    List<String> erased() {
        List<JsonObject> all = new ArrayList<>(said());
        around.values().forEach(all::addAll);
        List<String> erased = new ArrayList<>();
        for (JsonObject record : all.stream().distinct().toList()) {
            for (JsonElement each : record.getAsJsonArray("fields")) {
                if (NodeCommand.text(each.getAsJsonObject(), "type").equals("erased")) {
                    erased.add(NodeCommand.text(each.getAsJsonObject(), "name") + " of record "
                            + NodeCommand.text(record, "record"));
                }
            }
        }
        return erased;
    }
}
