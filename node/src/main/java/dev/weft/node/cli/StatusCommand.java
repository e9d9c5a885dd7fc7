package dev.weft.node.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** How the running node is. */
@Command(name = "status", mixinStandardHelpOptions = true, description = "Says how the running node is.")
final class StatusCommand extends NodeCommand {
    @Override
    int run() throws CliException {
        JsonObject status = client().get("/v1/status");
        if (common().json()) {
            console().json(status);
            return Exit.OK;
        }
        JsonObject delivery = status.getAsJsonObject("delivery");
        JsonObject checkpoint = status.getAsJsonObject("checkpoint");
        List<List<String>> facts = new ArrayList<>();
        facts.add(List.of("member", text(status, "member") + " (" + text(status, "role") + ")"));
        facts.add(List.of("federation", text(status, "federationName") + " " + text(status, "federation")));
        facts.add(List.of("records", text(status, "records") + ", " + text(status, "bytes") + " bytes"));
        facts.add(List.of("waiting for the steward", text(status, "waitingForSteward")));
        facts.add(List.of(
                "statements",
                text(delivery, "signed") + " signed, " + text(delivery, "durable") + " durable, "
                        + text(status, "pending") + " pending"));
        facts.add(List.of("delivery", text(delivery, "state") + ": " + text(delivery, "detail")));
        if (delivery.has("nextTry")) {
            Duration wait =
                    Duration.between(InstantSource.system().instant(), Instant.parse(text(delivery, "nextTry")));
            facts.add(List.of(
                    "last tried", text(delivery, "lastTry") + ", next try in " + Math.max(0, wait.toSeconds()) + " s"));
        }
        facts.add(List.of("aggregator", text(delivery, "address")));
        facts.add(List.of("shared log", "size " + text(checkpoint, "size") + ", root " + text(checkpoint, "root")));
        facts.add(List.of("finality", text(status, "policy")));
        facts.add(List.of("witness", witness(status.getAsJsonObject("witness"))));
        List<String> keys = new ArrayList<>();
        status.getAsJsonObject("keys")
                .entrySet()
                .forEach(key -> keys.add(
                        key.getKey() + " since " + key.getValue().getAsString().substring(0, 10)));
        facts.add(List.of("keys", "incarnation " + text(status, "incarnation") + "; " + String.join(", ", keys)));
        facts.add(List.of("certificate ends", text(status, "certificateEnds")));
        facts.add(List.of("started", text(status, "started") + ", " + text(status, "software")));
        if (status.has("signingStopped")) {
            facts.add(List.of("SIGNING STOPPED", text(status.getAsJsonObject("signingStopped"), "message")));
        }
        for (JsonElement event : status.getAsJsonArray("securityEvents")) {
            facts.add(List.of("SECURITY", text(event.getAsJsonObject(), "message")));
        }
        console().facts(facts);
        return Exit.OK;
    }

    private static String witness(JsonObject witness) {
        String mode = text(witness, "mode");
        String copy = mode.equals("mirror")
                ? ", " + text(witness, "mirrored") + " entries copied, " + text(witness, "verified") + " verified"
                : "";
        String cosigned = mode.equals("off") ? "" : ", cosigned size " + text(witness, "cosigned");
        return mode + copy + cosigned + (witness.has("trouble") ? ". NOT COSIGNING: " + text(witness, "trouble") : "");
    }
}
