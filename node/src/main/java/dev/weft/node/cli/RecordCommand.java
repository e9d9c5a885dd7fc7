package dev.weft.node.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Hands in records. */
@Command(
        name = "record",
        mixinStandardHelpOptions = true,
        description =
                "Records what a file says: one JSON object, or many with --batch (an array, or one object a line).")
final class RecordCommand extends NodeCommand {
    @Parameters(paramLabel = "FILE", description = "A JSON file, or - for stdin.")
    private String file = "-";

    @Option(
            names = "--batch",
            description = "The file holds many records; one that is refused does not stop the others.")
    private boolean batch;

    @Override
    int run() throws CliException {
        String body = Common.read(file, console());
        return batch ? many(body) : one(body);
    }

    private int one(String body) throws CliException {
        JsonObject answer = client().post("/v1/records", body);
        show(answer);
        return Exit.OK;
    }

    private void show(JsonObject answer) {
        if (common().json()) {
            console().json(answer);
            return;
        }
        Recorded.show(console(), answer);
    }

    private int many(String body) throws CliException {
        JsonObject answer = client().post("/v1/records/batch", body);
        boolean refused = answer.get("refused").getAsInt() > 0;
        if (common().json()) {
            console().json(answer);
            return refused ? Exit.USAGE : Exit.OK;
        }
        List<List<String>> rows = new ArrayList<>();
        int line = 1;
        for (JsonElement element : answer.getAsJsonArray("results")) {
            JsonObject result = element.getAsJsonObject();
            if (result.has("reason")) {
                rows.add(List.of(Integer.toString(line), text(result, "reason"), text(result, "message")));
            }
            line++;
        }
        console().line(text(answer, "recorded") + " recorded, " + text(answer, "refused") + " refused");
        if (refused) {
            console().table(List.of("record", "reason", "message"), rows);
        }
        return refused ? Exit.USAGE : Exit.OK;
    }
}
