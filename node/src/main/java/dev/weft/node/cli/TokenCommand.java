package dev.weft.node.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.weft.node.AdminToken;
import dev.weft.node.http.Scope;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Who may use the local API. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        description = "Makes, lists and takes back tokens of the local API.",
        subcommands = {TokenCommand.Add.class, TokenCommand.Tokens.class, TokenCommand.Revoke.class})
final class TokenCommand extends Group {
    /** Makes one. */
    @Command(name = "add", mixinStandardHelpOptions = true, description = "Makes a token and shows it, this once.")
    static final class Add extends NodeCommand {
        @Parameters(paramLabel = "NAME", description = "The person or tool; a steward's decisions name it.")
        private String name = "";

        @Option(
                names = "--scope",
                required = true,
                paramLabel = "SCOPE",
                description = "capture, read, steward, admin; several with commas. None includes another.")
        private String scope = "";

        @Option(names = "--out", paramLabel = "FILE", description = "Write it there (0600) instead of showing it.")
        private @Nullable Path out;

        @Override
        int run() throws CliException, VerificationException, IOException {
            List<Scope> scopes = Scope.parse(scope)
                    .orElseThrow(() -> new CliException(
                            Exit.USAGE, "--scope is one or more of capture, read, steward, admin, with commas"));
            if (out != null && Files.exists(out)) {
                throw new CliException(Exit.USAGE, out + " exists; name a new file");
            }
            String token = LocalClient.running(common().directory())
                    ? online(scopes)
                    : OfflineTokens.add(common().directory(), name, scopes);
            show(token, scopes);
            return Exit.OK;
        }

        private String online(List<Scope> scopes) throws CliException {
            JsonObject body = new JsonObject();
            body.addProperty("name", name);
            body.addProperty("scope", Scope.print(scopes));
            return text(client().post("/v1/tokens", body.toString()), "token");
        }

        private void show(String token, List<Scope> scopes) throws IOException {
            if (out != null) {
                AdminToken.write(out.toAbsolutePath(), token);
            }
            if (common().json()) {
                JsonObject body = new JsonObject();
                body.addProperty("name", name);
                body.addProperty("scope", Scope.print(scopes));
                body.addProperty(out == null ? "token" : "file", out == null ? token : out.toString());
                console().json(body);
            } else {
                console().line(out == null ? token : "token of " + name + " is in " + out);
            }
        }
    }

    /** Lists. */
    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists who has a token.")
    static final class Tokens extends NodeCommand {
        @Override
        int run() throws CliException {
            JsonObject answer = client().get("/v1/tokens");
            if (common().json()) {
                console().json(answer);
                return Exit.OK;
            }
            List<List<String>> rows = new ArrayList<>();
            for (JsonElement element : answer.getAsJsonArray("tokens")) {
                JsonObject grant = element.getAsJsonObject();
                rows.add(List.of(text(grant, "name"), text(grant, "scope"), text(grant, "created")));
            }
            console().table(List.of("name", "scope", "created"), rows);
            return Exit.OK;
        }
    }

    /** Takes back. */
    @Command(name = "revoke", mixinStandardHelpOptions = true, description = "Takes a token back, at once.")
    static final class Revoke extends NodeCommand {
        @Parameters(paramLabel = "NAME", description = "Whose.")
        private String name = "";

        @Override
        int run() throws CliException, VerificationException, IOException {
            if (LocalClient.running(common().directory())) {
                client().delete("/v1/tokens/" + LocalClient.escape(name));
            } else if (!OfflineTokens.revoke(common().directory(), name)) {
                throw new CliException(Exit.NOT_FOUND, "there is no token named '" + name + "'");
            }
            console().line("the token of " + name + " opens nothing any more");
            return Exit.OK;
        }
    }
}
