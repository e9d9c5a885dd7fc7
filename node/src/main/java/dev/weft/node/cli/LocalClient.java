package dev.weft.node.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.weft.node.AdminToken;
import dev.weft.proto.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks the node that runs in a directory, over its local API. */
final class LocalClient {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final String base;
    private final String token;

    private LocalClient(String base, String token) {
        this.base = base;
        this.token = token;
    }

    /** Whether a node says that it runs there. */
    static boolean running(Path directory) {
        return Files.exists(directory.resolve("run.json"));
    }

    static LocalClient open(Common common) throws CliException {
        Path directory = common.directory();
        if (!Files.isDirectory(directory)) {
            throw new CliException(
                    Exit.NOT_FOUND,
                    "there is no directory " + directory
                            + "; name the node's with --dir, or run: weft-node join INVITATION");
        }
        if (!running(directory)) {
            throw new CliException(
                    Exit.UNREACHABLE,
                    "no node runs in " + directory + "; start it with: weft-node serve --dir " + directory);
        }
        return new LocalClient(address(directory.resolve("run.json")), token(common));
    }

    private static String address(Path runFile) throws CliException {
        try {
            JsonObject run = JsonParser.parseString(Files.readString(runFile)).getAsJsonObject();
            boolean tls = run.has("scheme") && run.get("scheme").getAsString().equals("https");
            return (tls ? "https://" : "http://") + run.get("http").getAsString();
        } catch (IOException | JsonParseException | IllegalStateException e) {
            throw new CliException(Exit.UNREACHABLE, "cannot read " + runFile + ": " + e.getMessage());
        }
    }

    private static String token(Common common) throws CliException {
        @Nullable String variable = System.getenv("WEFT_TOKEN");
        if (common.tokenFile().isEmpty() && variable != null) {
            return variable.strip();
        }
        Path file = common.tokenFile().orElse(AdminToken.file(common.directory()));
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new CliException(
                    Exit.DENIED, "cannot read the token in " + file + "; name another with --token-file");
        }
    }

    /** Where the node listens. */
    String base() {
        return base;
    }

    JsonObject get(String path) throws CliException {
        return send("GET", path, Optional.empty()).getAsJsonObject();
    }

    JsonObject post(String path, String body) throws CliException {
        return send("POST", path, Optional.of(body)).getAsJsonObject();
    }

    void delete(String path) throws CliException {
        send("DELETE", path, Optional.empty());
    }

    /** A value as it may stand in a path or a query. */
    static String escape(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private JsonElement send(String method, String path, Optional<String> body) throws CliException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body.map(HttpRequest.BodyPublishers::ofString).orElseGet(HttpRequest.BodyPublishers::noBody))
                .build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            JsonElement answer =
                    response.body().isEmpty() ? JsonNull.INSTANCE : JsonParser.parseString(response.body());
            if (response.statusCode() >= 300) {
                throw refused(response.statusCode(), answer);
            }
            return answer;
        } catch (ConnectException e) {
            throw new CliException(
                    Exit.UNREACHABLE,
                    "nothing answers at " + base + "; the node stopped without a word, start it again");
        } catch (IOException | JsonParseException e) {
            throw new CliException(Exit.UNREACHABLE, "the node at " + base + " does not answer: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(Exit.UNREACHABLE, "interrupted");
        }
    }

    private static CliException refused(int status, JsonElement answer) {
        if (!answer.isJsonObject()) {
            return new CliException(Exit.USAGE, "the node answered " + status);
        }
        String code = NodeCommand.text(answer.getAsJsonObject(), "reason");
        String message = NodeCommand.text(answer.getAsJsonObject(), "message");
        int exit = Reason.ofCode(code).map(Exit::of).orElse(Exit.USAGE);
        return new CliException(exit, message + " (" + code + ")");
    }
}
