package dev.weft.node.cli;

import com.google.gson.JsonObject;
import picocli.CommandLine.Command;

/** The way into the steward page. */
@Command(
        name = "steward",
        mixinStandardHelpOptions = true,
        description = "Prints an address that opens the steward page once, within two minutes (with a steward's token:"
                + " --token-file).")
final class StewardCommand extends NodeCommand {
    @Override
    int run() throws CliException {
        LocalClient client = client();
        JsonObject answer = client.post("/v1/steward/login", "");
        String address = client.base() + text(answer, "path");
        if (common().json()) {
            JsonObject body = new JsonObject();
            body.addProperty("url", address);
            body.add("seconds", answer.get("seconds"));
            console().json(body);
        } else {
            console().line(address);
        }
        return Exit.OK;
    }
}
