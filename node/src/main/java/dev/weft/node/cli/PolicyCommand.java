package dev.weft.node.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.weft.node.config.ConfigException;
import dev.weft.node.config.NodeConfig;
import dev.weft.node.release.PolicyFile;
import dev.weft.node.release.ReleasePolicy;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What may leave the site. */
@Command(
        name = "policy",
        mixinStandardHelpOptions = true,
        description = "Writes, checks and explains the policy of what may leave the site.",
        subcommands = {PolicyCommand.Init.class, PolicyCommand.Check.class, PolicyCommand.Explain.class})
final class PolicyCommand extends Group {

    private static Path file(Common common) throws ConfigException {
        return NodeConfig.load(common.directory(), System.getenv(), Map.of()).releasePolicy();
    }

    /** Writes. */
    @Command(
            name = "init",
            mixinStandardHelpOptions = true,
            description = "Writes a first policy, with remarks: the steward sees everything, no value leaves.")
    static final class Init extends NodeCommand {
        @Override
        int run() throws ConfigException, IOException, VerificationException {
            Path file = file(common());
            PolicyFile.init(file);
            if (common().json()) {
                JsonObject answer = new JsonObject();
                answer.addProperty("file", file.toString());
                console().json(answer);
            } else {
                console().line("wrote " + file + ": read it, change it, and start the node anew");
            }
            return Exit.OK;
        }
    }

    /** Checks. */
    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = "Reads a policy and says what it lets out that one might not expect.")
    static final class Check extends NodeCommand {
        @Parameters(index = "0", arity = "0..1", paramLabel = "FILE", description = "Default: the node's own.")
        private @Nullable Path named;

        @Override
        int run() throws ConfigException, IOException, VerificationException, CliException {
            Path file = named == null ? file(common()) : named;
            if (!Files.exists(file)) {
                throw new VerificationException(
                        Reason.NOT_FOUND, "there is no policy " + file + "; weft-node policy init writes one");
            }
            ReleasePolicy policy = ReleasePolicy.load(file);
            List<String> remarks = PolicyFile.remarks(policy);
            List<String> all = new ArrayList<>(remarks);
            if (named == null && LocalClient.running(common().directory())) {
                String used = text(client().get("/v1/policy"), "policy");
                if (!used.equals(policy.digest().hex())) {
                    all.add("the running node still goes by the policy it started with: start it anew");
                }
            }
            if (common().json()) {
                JsonObject answer = new JsonObject();
                answer.addProperty("file", file.toString());
                answer.addProperty("policy", policy.digest().hex());
                JsonArray array = new JsonArray();
                all.forEach(array::add);
                answer.add("remarks", array);
                console().json(answer);
            } else {
                console().line(file + " can be read; policy " + policy.digest().hex());
                all.forEach(remark -> console().line("note: " + remark));
            }
            return Exit.OK;
        }
    }

    /** Explains. */
    @Command(
            name = "explain",
            mixinStandardHelpOptions = true,
            description =
                    "Says what the running node's policy does with each field of a record, and which line says so.")
    static final class Explain extends NodeCommand {
        @Parameters(index = "0", paramLabel = "RECORD", description = "Its number, external id or digest.")
        private String record = "";

        @Override
        int run() throws CliException {
            JsonObject answer = client().get("/v1/policy?of=" + LocalClient.escape(record));
            if (common().json()) {
                console().json(answer);
                return Exit.OK;
            }
            console().line("record " + text(answer, "record") + ", " + text(answer, "kind"));
            table(answer.getAsJsonArray("fields"), List.of("field", "class", "becomes", "because"));
            table(answer.getAsJsonArray("statements"), List.of("statement", "rule", "because"));
            return Exit.OK;
        }

        private void table(JsonArray array, List<String> columns) {
            List<List<String>> rows = new ArrayList<>();
            for (JsonElement element : array) {
                rows.add(columns.stream()
                        .map(column -> text(element.getAsJsonObject(), column))
                        .toList());
            }
            console().table(columns, rows);
        }
    }
}
