package dev.weft.node.release;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.proto.WireTime;
import dev.weft.proto.digest.Digest;

/** Releases as the local API tells them. */
public final class ReleaseView {

    private ReleaseView() {}

    /** One release, without its body. */
    public static JsonObject json(Release release) {
        JsonObject json = new JsonObject();
        json.addProperty("releaseId", release.id());
        json.addProperty("record", release.record());
        json.addProperty("state", release.state().text());
        json.addProperty("predicateType", release.predicateType());
        json.addProperty("askedAt", WireTime.print(release.askedAt()));
        release.decided().ifPresent(decided -> {
            json.addProperty("decidedBy", decided.by());
            json.addProperty("decidedAt", WireTime.print(decided.at()));
            decided.reason().ifPresent(reason -> json.addProperty("reason", reason));
            json.addProperty("decision", decided.record());
        });
        release.statement().map(Digest::hex).ifPresent(id -> json.addProperty("statement", id));
        return json;
    }

    /** What was approved ahead. */
    public static JsonObject json(Pattern pattern) {
        JsonObject json = new JsonObject();
        json.addProperty("patternId", pattern.id());
        json.addProperty("releaseId", pattern.release());
        json.addProperty("predicateType", pattern.predicateType());
        json.addProperty("policy", pattern.policy().hex());
        JsonArray data = new JsonArray();
        pattern.data().forEach(data::add);
        json.add("data", data);
        JsonArray shape = new JsonArray();
        pattern.shape().stream().sorted().forEach(shape::add);
        json.add("fields", shape);
        json.addProperty("by", pattern.by());
        json.addProperty("at", WireTime.print(pattern.at()));
        pattern.ended().ifPresent(ended -> {
            json.addProperty("endedBy", ended.by());
            json.addProperty("endedAt", WireTime.print(ended.at()));
        });
        return json;
    }
}
