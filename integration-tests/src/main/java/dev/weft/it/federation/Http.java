package dev.weft.it.federation;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** JSON over a daemon's loopback HTTP with a bearer token. */
final class Http {

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final URI base;
    private final String token;

    Http(URI base, String token) {
        this.base = base;
        this.token = token;
    }

    URI base() {
        return base;
    }

    JsonObject get(String path) {
        return expect(send("GET", path, ""));
    }

    JsonObject post(String path, String body) {
        return expect(send("POST", path, body));
    }

    /** Whatever it answers. */
    HttpReply send(String method, String path, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + token)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        try {
            HttpResponse<String> response = CLIENT.send(request.build(), BodyHandlers.ofString());
            return new HttpReply(response.statusCode(), json(response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + base.resolve(path), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted: " + method + " " + path, e);
        }
    }

    private static JsonObject expect(HttpReply reply) {
        if (reply.status() / 100 != 2) {
            throw new RefusedException(reply);
        }
        return reply.body();
    }

    private static JsonObject json(String text) {
        try {
            if (!text.isBlank() && JsonParser.parseString(text) instanceof JsonObject object) {
                return object;
            }
        } catch (JsonSyntaxException e) {
            // Not JSON: metrics, the page; kept as text below.
        }
        JsonObject other = new JsonObject();
        other.addProperty("text", text);
        return other;
    }
}
