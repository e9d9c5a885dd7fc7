package dev.weft.aggregator;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import dev.weft.aggregator.config.HostPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;

/** {@code run.json}: where a running aggregator listens, for tools; there while it runs, and after a crash. */
public final class RunFile {
    private static final String NAME = "run.json";

    private RunFile() {}

    /**
     * One running instance.
     *
     * @param log where the log's files are served over HTTPS; empty where they are not
     */
    public record Running(long pid, HostPort grpc, HostPort http, Optional<HostPort> log, Instant started) {}

    static void write(Path directory, Running running) throws IOException {
        JsonObject json = new JsonObject();
        json.addProperty("pid", running.pid());
        json.addProperty("http", running.http().toString());
        json.addProperty("grpc", running.grpc().toString());
        running.log().ifPresent(log -> json.addProperty("log", log.toString()));
        json.addProperty("started", running.started().toString());
        Path temporary = directory.resolve(NAME + ".tmp");
        Files.deleteIfExists(temporary);
        KeyFiles.writeSecret(temporary, new Gson().toJson(json) + "\n");
        Files.move(
                temporary,
                directory.resolve(NAME),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    static void remove(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve(NAME));
    }

    /** What the file says; whether that instance still runs, only its answer tells. */
    public static Optional<Running> read(Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            JsonObject json = new Gson().fromJson(Files.readString(file), JsonObject.class);
            return Optional.of(new Running(
                    json.get("pid").getAsLong(),
                    HostPort.parse(json.get("grpc").getAsString()).orElseThrow(),
                    HostPort.parse(json.get("http").getAsString()).orElseThrow(),
                    Optional.ofNullable(json.get("log")).flatMap(log -> HostPort.parse(log.getAsString())),
                    Instant.parse(json.get("started").getAsString())));
        } catch (JsonParseException | NullPointerException e) {
            throw new IOException(file + " does not parse; remove it if no aggregator runs", e);
        }
    }
}
