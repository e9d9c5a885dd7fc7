package dev.weft.aggregator.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import dev.weft.aggregator.RunFile;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The running daemon of a directory, spoken to over its loopback HTTP with the directory's admin token. */
final class Daemon {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final RunFile.Running running;
    private final Path directory;

    private Daemon(RunFile.Running running, Path directory) {
        this.running = running;
        this.directory = directory;
    }

    /** The daemon that {@code run.json} names, if that process lives. */
    static Optional<Daemon> find(Path directory) throws IOException {
        return RunFile.read(directory)
                .filter(running -> ProcessHandle.of(running.pid())
                        .map(ProcessHandle::isAlive)
                        .orElse(false))
                .map(running -> new Daemon(running, directory));
    }

    String description() {
        return "pid " + running.pid() + ", grpc " + running.grpc() + ", http " + running.http() + ", since "
                + running.started();
    }

    /** Posts a member's name to an admin route. */
    JsonObject member(String route, String member) throws VerificationException, IOException, InterruptedException {
        JsonObject body = new JsonObject();
        body.addProperty("member", member);
        return post(route, "application/json", HttpRequest.BodyPublishers.ofString(body.toString()));
    }

    /** Posts an envelope that root has signed. */
    JsonObject statement(ByteString envelope) throws VerificationException, IOException, InterruptedException {
        return post(
                "statement",
                "application/octet-stream",
                HttpRequest.BodyPublishers.ofByteArray(envelope.toByteArray()));
    }

    /** How the federation stands, as the daemon sees it. */
    JsonObject status() throws VerificationException, IOException, InterruptedException {
        return answered(request("status").GET().build());
    }

    private JsonObject post(String route, String type, HttpRequest.BodyPublisher body)
            throws VerificationException, IOException, InterruptedException {
        return answered(request("admin/" + route)
                .header("Content-Type", type)
                .POST(body)
                .build());
    }

    private HttpRequest.Builder request(String route) throws IOException {
        String token = Files.readString(directory.resolve("tokens").resolve("admin.token"))
                .strip();
        return HttpRequest.newBuilder(URI.create("http://" + running.http() + "/v1/" + route))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + token);
    }

    private JsonObject answered(HttpRequest request) throws VerificationException, InterruptedException {
        HttpResponse<String> answer = send(request);
        try {
            JsonObject json = JsonParser.parseString(answer.body()).getAsJsonObject();
            if (answer.statusCode() / 100 == 2) {
                return json;
            }
            throw new VerificationException(
                    Reason.ofCode(json.get("reason").getAsString()).orElse(Reason.INTERNAL),
                    json.get("message").getAsString());
        } catch (JsonParseException | IllegalStateException | NullPointerException e) {
            throw new VerificationException(
                    Reason.INTERNAL, "The daemon answered " + answer.statusCode() + "; look into its log.");
        }
    }

    private HttpResponse<String> send(HttpRequest request) throws VerificationException, InterruptedException {
        try {
            return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new VerificationException(
                    Reason.UNAVAILABLE,
                    "The daemon does not answer at " + running.http() + "; look whether it is still starting.");
        }
    }
}
