package dev.weft.node.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/** Says in words what became of a record. */
final class Recorded {
    private Recorded() {}

    static void show(Console console, JsonObject answer) {
        boolean duplicate = answer.get("duplicate").getAsBoolean();
        console.line("record " + NodeCommand.text(answer, "record") + (duplicate ? " was there already" : "")
                + ", leaf " + NodeCommand.text(answer, "leaf"));
        for (JsonElement statement : answer.getAsJsonArray("statements")) {
            console.line("statement " + statement.getAsString());
        }
        if (answer.get("waiting").getAsBoolean()) {
            console.line("waits for the steward as release " + NodeCommand.text(answer, "releaseId"));
        }
        if (answer.has("note")) {
            console.line(NodeCommand.text(answer, "note"));
        }
    }
}
