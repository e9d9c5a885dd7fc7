package dev.weft.node.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.node.db.NodeDatabase;
import dev.weft.node.upkeep.Backup;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Copies the directory. */
@Command(
        name = "backup",
        mixinStandardHelpOptions = true,
        description =
                "Copies the node's directory, running or not, into a new one. The anchor is never in a copy: who goes"
                        + " on from a copy declares the loss with a rollover.")
final class BackupCommand extends NodeCommand {
    @Parameters(paramLabel = "TARGET", description = "A directory that is new or empty.")
    private Path target = Path.of("");

    @Override
    int run() throws CliException, VerificationException, IOException {
        Path absolute = target.toAbsolutePath().normalize();
        JsonObject answer = LocalClient.running(common().directory()) ? online(absolute) : offline(absolute);
        if (common().json()) {
            console().json(answer);
        } else {
            console()
                    .line(answer.getAsJsonArray("files").size() + " files are in " + text(answer, "directory")
                            + "; it holds private keys and raw records, keep it as safe as the node");
        }
        return Exit.OK;
    }

    private JsonObject online(Path absolute) throws CliException {
        JsonObject body = new JsonObject();
        body.addProperty("directory", absolute.toString());
        return client().post("/v1/backup", body.toString());
    }

    private JsonObject offline(Path absolute) throws IOException, VerificationException {
        try (NodeDatabase database = NodeDatabase.open(common().directory())) {
            List<Path> files = new Backup(common().directory(), database::backup).to(absolute);
            JsonArray names = new JsonArray();
            files.forEach(file -> names.add(file.toString()));
            JsonObject body = new JsonObject();
            body.addProperty("directory", absolute.toString());
            body.add("files", names);
            return body;
        }
    }
}
