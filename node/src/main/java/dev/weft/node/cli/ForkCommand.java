package dev.weft.node.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Contradictions of the shared log. */
@Command(
        name = "fork",
        mixinStandardHelpOptions = true,
        description = "Finds and shows contradictions of the shared log.",
        subcommands = {ForkCommand.ShowAll.class, ForkCommand.Check.class})
final class ForkCommand extends Group {
    /** Lists. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description =
                    "Lists the contradictions that this node found, each with a file that 'verify' explains anywhere.")
    static final class ShowAll extends NodeCommand {
        @Override
        int run() throws CliException {
            JsonArray forks = LocalClient.open(common()).get("/v1/status").getAsJsonArray("forks");
            if (common().json()) {
                console().json(forks);
                return Exit.OK;
            }
            if (forks.isEmpty()) {
                console().line("none: this node has seen no contradiction of the shared log");
            }
            for (JsonElement fork : forks) {
                JsonObject one = fork.getAsJsonObject();
                console().line(one.get("message").getAsString());
                console()
                        .line(
                                one.has("file")
                                        ? "  shown by " + one.get("file").getAsString()
                                        : "  both notes are kept, and prove nothing to others by themselves");
            }
            return Exit.OK;
        }
    }

    /** Compares. */
    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = {
                "Compares a checkpoint that another member was shown (GET /v1/log/checkpoint, 'note') with this node's"
                        + " copy of the log. Exits with 1 where the log showed the two different histories.",
                "With --statement it compares a statement (its envelope as signed), and exits with 1 where its author"
                        + " signed two."
            })
    static final class Check extends NodeCommand {
        @Parameters(paramLabel = "FILE", description = "The signed note, or the statement's envelope.")
        private Path file = Path.of("");

        @Option(names = "--statement", description = "FILE is a statement.")
        private boolean statement;

        @Override
        int run() throws CliException, IOException {
            JsonObject body = new JsonObject();
            if (statement) {
                body.addProperty("statement", Base64.getEncoder().encodeToString(Files.readAllBytes(file)));
            } else {
                body.addProperty("note", Files.readString(file));
            }
            JsonObject answer = LocalClient.open(common()).post("/v1/log/compare", body.toString());
            if (common().json()) {
                console().json(answer);
            } else {
                console().line(answer.get("result").getAsString());
            }
            return Exit.OK;
        }
    }
}
