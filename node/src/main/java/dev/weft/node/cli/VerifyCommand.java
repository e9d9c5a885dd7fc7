package dev.weft.node.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.bundle.ForkProof;
import dev.weft.proto.bundle.ForkVerdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Checks a file that somebody handed over: no node, no directory, no network. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Checks a fork proof offline and says in words what it proves. Needs no node and no directory."
                + " Exits with 0 where it holds, 1 where it does not, 2 where the file is none.")
final class VerifyCommand extends NodeCommand {
    @Parameters(paramLabel = "FILE", description = "A fork proof.")
    private Path file = Path.of("");

    @Override
    int run() throws CliException {
        ByteString bytes = read();
        if (!ForkProof.claims(bytes)) {
            throw new CliException(Exit.USAGE, file + " is no fork proof; name the file as it was handed over");
        }
        return forkProof(bytes);
    }

    private ByteString read() throws CliException {
        try {
            return ByteString.copyFrom(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new CliException(Exit.USAGE, "cannot read " + file + ": " + e.getMessage());
        }
    }

    private int forkProof(ByteString bytes) {
        try {
            ForkVerdict verdict = ForkProof.parse(bytes).verify();
            if (common().json()) {
                console().json(json(verdict));
            } else {
                print(verdict);
            }
            return Exit.OK;
        } catch (VerificationException e) {
            if (common().json()) {
                JsonObject body = new JsonObject();
                body.addProperty("verdict", "does-not-hold");
                body.addProperty("reason", e.reason().code());
                body.addProperty("detail", e.getMessage());
                console().json(body);
            } else {
                console()
                        .line("DOES NOT HOLD: " + e.getMessage() + " ("
                                + e.reason().code() + ")");
            }
            return Exit.UNVERIFIED;
        }
    }

    private void print(ForkVerdict verdict) {
        console().line("PROVED: " + verdict.sentence());
        verdict.facts().forEach(fact -> console().line("  " + fact));
        console().line("Federation " + verdict.federationName() + " " + verdict.federation() + ".");
        console().line("  Anybody can make a federation of that name: compare the id with the one you know.");
        verdict.notProven().forEach(text -> console().line("not proven: " + text));
    }

    private static JsonObject json(ForkVerdict verdict) {
        JsonObject body = new JsonObject();
        body.addProperty("verdict", "holds");
        body.addProperty("kind", verdict.kind());
        body.addProperty("federation", verdict.federation().hex());
        body.addProperty("federationName", verdict.federationName());
        body.addProperty("accused", verdict.accused());
        body.addProperty("detail", verdict.sentence());
        body.add("facts", strings(verdict.facts()));
        body.add("notProven", strings(verdict.notProven()));
        return body;
    }

    private static JsonArray strings(Iterable<String> texts) {
        JsonArray all = new JsonArray();
        texts.forEach(all::add);
        return all;
    }
}
