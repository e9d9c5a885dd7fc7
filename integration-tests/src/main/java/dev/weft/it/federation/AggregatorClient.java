package dev.weft.it.federation;

import com.google.gson.JsonObject;
import dev.weft.proto.v1.Question;
import java.net.URI;
import java.nio.file.Path;

/** The aggregator's loopback HTTP. */
public final class AggregatorClient {

    private final Http http;

    AggregatorClient(URI base, Path dir) {
        this.http = new Http(base, SiteClient.token(dir.resolve("tokens").resolve("admin.token")));
    }

    public JsonObject status() {
        return http.get("/v1/status");
    }

    /** Size of the published shared log. */
    public long size() {
        return status().get("size").getAsLong();
    }

    public Answers ask(Question question) {
        return Answers.parse(http.post("/v1/ask", Answers.json(question)));
    }

    /** Whatever it answers. */
    public HttpReply send(String method, String path, String body) {
        return http.send(method, path, body);
    }
}
