package dev.weft.node.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Puts a question through the node and tells the answer as tables. */
final class Answers {
    private Answers() {}

    /** A question of one kind with one text; proof asks for the entries behind it. */
    static JsonObject question(String kind, String member, String text, boolean proof) {
        JsonObject of = new JsonObject();
        of.addProperty(member, text);
        JsonObject question = new JsonObject();
        question.add(kind, of);
        question.addProperty("proof", proof);
        return question;
    }

    /** Asks, prints, and says in the exit code whether the answer held. */
    static int ask(NodeCommand command, JsonObject question) throws CliException {
        JsonObject answer = command.client().post("/v1/ask", question.toString());
        JsonObject checked = answer.getAsJsonObject("checked");
        if (command.common().json()) {
            command.console().json(answer);
        } else {
            print(command.console(), answer.getAsJsonArray("answers"));
            command.console()
                    .line((checked.get("holds").getAsBoolean() ? "checked: " : "DOES NOT HOLD: ")
                            + NodeCommand.text(checked, "detail"));
            command.console().line(NodeCommand.text(checked, "finality"));
        }
        return checked.get("holds").getAsBoolean() ? Exit.OK : Exit.UNVERIFIED;
    }

    private static void print(Console console, JsonArray parts) {
        vertices(console, parts);
        edges(console, parts);
        of(parts, "round").forEach(round -> round(console, round));
        of(parts, "end").forEach(end -> end(console, end));
    }

    private static List<JsonObject> of(JsonArray parts, String kind) {
        List<JsonObject> result = new ArrayList<>();
        for (JsonElement part : parts) {
            if (part.getAsJsonObject().has(kind)) {
                result.add(part.getAsJsonObject().getAsJsonObject(kind));
            }
        }
        return result;
    }

    private static void vertices(Console console, JsonArray parts) {
        List<List<String>> rows = new ArrayList<>();
        for (JsonObject vertex : of(parts, "vertex")) {
            rows.add(List.of(
                    NodeCommand.text(vertex, "id"),
                    words(NodeCommand.text(vertex, "kind").replace("_VERTEX", "")),
                    NodeCommand.text(vertex, "label"),
                    NodeCommand.text(vertex, "author"),
                    list(vertex, "entries"),
                    list(vertex, "flags")));
        }
        if (!rows.isEmpty()) {
            console.table(List.of("id", "kind", "label", "said by", "entries", "flags"), rows);
            console.line("");
        }
    }

    private static void edges(Console console, JsonArray parts) {
        Map<String, String> labels = new HashMap<>();
        of(parts, "vertex").forEach(v -> labels.put(NodeCommand.text(v, "id"), NodeCommand.text(v, "label")));
        List<List<String>> rows = new ArrayList<>();
        for (JsonObject edge : of(parts, "edge")) {
            String from = NodeCommand.text(edge, "from");
            String to = NodeCommand.text(edge, "to");
            rows.add(List.of(
                    from + " " + labels.getOrDefault(from, ""),
                    words(NodeCommand.text(edge, "kind")),
                    to + " " + labels.getOrDefault(to, ""),
                    NodeCommand.text(edge, "entry")));
        }
        if (!rows.isEmpty()) {
            console.table(List.of("from", "", "to", "entry"), rows);
            console.line("");
        }
    }

    private static void round(Console console, JsonObject round) {
        boolean complete = round.has("complete") && round.get("complete").getAsBoolean();
        boolean closed = round.has("closed") && round.get("closed").getAsBoolean();
        boolean opened = round.has("opened") && round.get("opened").getAsBoolean();
        console.line("round " + NodeCommand.text(round, "trainingLine") + "/" + NodeCommand.text(round, "number")
                + " of " + NodeCommand.text(round, "registrant") + ": "
                + (closed ? "closed" : opened ? "open" : "registered") + (complete ? ", complete" : ""));
        console.line("  input   " + NodeCommand.text(round, "inputModel"));
        console.line("  output  " + NodeCommand.text(round, "outputModel"));
        if (!round.has("sites")) {
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        for (JsonElement element : round.getAsJsonArray("sites")) {
            JsonObject site = element.getAsJsonObject();
            rows.add(List.of(
                    "  " + NodeCommand.text(site, "member"),
                    words(NodeCommand.text(site, "state").replace("SITE_", "")),
                    NodeCommand.text(site, "wireDigest"),
                    list(site, "entries"),
                    list(site, "flags")));
        }
        console.table(List.of("  site", "state", "sent", "entries", "flags"), rows);
        console.line("");
    }

    private static void end(Console console, JsonObject end) {
        if (end.has("impact")) {
            for (JsonElement element : end.getAsJsonArray("impact")) {
                JsonObject impact = element.getAsJsonObject();
                console.line("affected in " + NodeCommand.text(impact, "trainingLine") + " from round "
                        + NodeCommand.text(impact, "firstRound") + " on: " + list(impact, "models"));
            }
        }
        if (end.has("nextPageToken")) {
            console.line("there is more: --page " + NodeCommand.text(end, "nextPageToken"));
        }
        if (end.has("notProven")) {
            for (JsonElement element : end.getAsJsonArray("notProven")) {
                console.line("not proven: " + NodeCommand.text(element.getAsJsonObject(), "text"));
            }
        }
    }

    private static String list(JsonObject object, String name) {
        if (!object.has(name)) {
            return "-";
        }
        List<String> items = new ArrayList<>();
        object.getAsJsonArray(name).forEach(item -> items.add(item.getAsString()));
        return String.join(" ", items);
    }

    private static String words(String constant) {
        return constant.toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
