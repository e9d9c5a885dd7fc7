package dev.weft.it.federation;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a running daemon says of itself in {@code run.json}.
 *
 * @param pid of the daemon
 * @param http its loopback address
 * @param grpc host:port, empty for a node
 */
public record RunFile(long pid, URI http, String grpc) {

    static RunFile read(Path dir) {
        Path file = dir.resolve("run.json");
        try {
            JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            return new RunFile(json.get("pid").getAsLong(), uri(text(json, "http")), text(json, "grpc"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static URI uri(String address) {
        return URI.create(address.contains("://") ? address : "http://" + address);
    }

    private static String text(JsonObject json, String name) {
        return json.has(name) && !json.get(name).isJsonNull() ? json.get(name).getAsString() : "";
    }
}
