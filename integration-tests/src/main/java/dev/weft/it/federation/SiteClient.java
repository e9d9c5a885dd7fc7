package dev.weft.it.federation;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.weft.proto.v1.Question;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A node's local HTTP API, as a tool at the site would use it. */
public final class SiteClient {

    private final String name;
    private final Http http;

    SiteClient(String name, URI base, String token) {
        this.name = name;
        this.http = new Http(base, token);
    }

    static String token(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file).strip() : "";
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the token in " + file, e);
        }
    }

    /** The member whose node this is. */
    public String name() {
        return name;
    }

    public URI base() {
        return http.base();
    }

    /** Records; fails with {@link RefusedException} where the node refuses it. */
    public Recorded record(JsonObject record) {
        return Recorded.parse(http.post("/v1/records", record.toString()));
    }

    /** Registers, opens or closes a round. */
    public Recorded round(String event, JsonObject body) {
        return Recorded.parse(http.post("/v1/rounds/" + event, body.toString()));
    }

    public JsonObject status() {
        return http.get("/v1/status");
    }

    /** The largest checkpoint of the shared log that the node verified. */
    public JsonObject checkpoint() {
        return http.get("/v1/log/checkpoint");
    }

    /** Every record with its fields. */
    public List<JsonObject> records() {
        return pages("/v1/records", "records");
    }

    /** The statements in that state: pending, durable or refused. */
    public List<JsonObject> statements(String state) {
        return pages("/v1/statements?state=" + state, "statements");
    }

    /** One statement with its envelope and receipt. */
    public JsonObject statement(String id) {
        return http.get("/v1/statements/" + id);
    }

    /** The releases in that state: waiting, approved or refused. */
    public List<JsonObject> releases(String state) {
        return pages("/v1/release?state=" + state, "releases");
    }

    /** The preview of one release. */
    public JsonObject release(String id) {
        return http.get("/v1/release/" + id);
    }

    public JsonObject approve(String id) {
        return http.post("/v1/release/" + id + "/approve", "{}");
    }

    /** All pages of an answer; the node checks every proof on the way. */
    public Answers ask(Question question) {
        Answers all = page(question);
        while (!all.end().getNextPageToken().isEmpty()) {
            all = all.and(page(question.toBuilder()
                    .setPageToken(all.end().getNextPageToken())
                    .build()));
        }
        return all;
    }

    /** Whatever it answers. */
    public HttpReply send(String method, String path, String body) {
        return http.send(method, path, body);
    }

    private Answers page(Question question) {
        return Answers.parse(http.post("/v1/ask", Answers.json(question)));
    }

    private List<JsonObject> pages(String path, String member) {
        List<JsonObject> all = new ArrayList<>();
        Optional<String> after = Optional.of("");
        while (after.isPresent()) {
            String cursor = after.get().isEmpty() ? "" : (path.contains("?") ? "&" : "?") + "after=" + after.get();
            JsonObject page = http.get(path + cursor);
            JsonArray items = page.getAsJsonArray(member);
            items.forEach(item -> all.add(item.getAsJsonObject()));
            after = Optional.ofNullable(page.get("next"))
                    .filter(next -> !next.isJsonNull() && !items.isEmpty())
                    .map(JsonElement::getAsString);
        }
        return all;
    }
}
