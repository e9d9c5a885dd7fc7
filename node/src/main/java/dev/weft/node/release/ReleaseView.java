package dev.weft.node.release;

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
}
