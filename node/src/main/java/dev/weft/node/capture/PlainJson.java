package dev.weft.node.capture;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.weft.node.record.Fields;
import dev.weft.node.record.Kind;
import dev.weft.node.record.LineageRecord;
import dev.weft.node.record.Reference;
import dev.weft.proto.digest.FieldValue;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;

/** Writes the plain JSON form that {@link RecordJson} reads, for readers that run beside the node and not in it. */
public final class PlainJson {

    private static final Set<Kind> DIGESTED = Set.of(Kind.DATASET, Kind.CODE, Kind.MODEL);

    private PlainJson() {}

    /** A record other than a round's event or a decision; times and digests among its own values become text. */
    public static JsonObject print(LineageRecord record) {
        if (record.kind() == Kind.ROUND || record.kind() == Kind.DECISION) {
            throw new IllegalArgumentException("a " + record.kind().text() + " is not printed");
        }
        Fields fields = Fields.of(record);
        JsonObject json = new JsonObject();
        fields.values().forEach((name, value) -> put(json, record.kind(), name, value));
        fields.links().forEach((name, link) -> json.add(name, link.list() ? list(link) : reference(link, 0)));
        if (DIGESTED.contains(record.kind()) && !json.has("digest") && !json.has("weakDigest")) {
            json.addProperty("undigested", true);
        }
        return json;
    }

    private static void put(JsonObject json, Kind kind, String name, FieldValue value) {
        Map<String, String> groups = Map.of(
                "parameter.", "parameters", "metric.", kind == Kind.METRICS ? "values" : "metrics", "field.", "fields");
        for (Map.Entry<String, String> group : groups.entrySet()) {
            if (name.startsWith(group.getKey())) {
                if (!json.has(group.getValue())) {
                    json.add(group.getValue(), new JsonObject());
                }
                json.getAsJsonObject(group.getValue())
                        .add(name.substring(group.getKey().length()), value(value));
                return;
            }
        }
        json.add(name, value(value));
    }

    private static JsonElement value(FieldValue value) {
        if (value instanceof FieldValue.Items items) {
            JsonArray array = new JsonArray();
            items.value().forEach(item -> array.add(value(item)));
            return array;
        } else if (value instanceof FieldValue.Int whole) {
            return new JsonPrimitive(whole.value());
        } else if (value instanceof FieldValue.Real real && Double.isFinite(real.value())) {
            return new JsonPrimitive(new BigDecimal(Double.toString(real.value())));
        } else if (value instanceof FieldValue.Bool truth) {
            return new JsonPrimitive(truth.value());
        }
        return new JsonPrimitive(value.display());
    }

    private static JsonArray list(Fields.Link link) {
        JsonArray list = new JsonArray();
        for (int n = 0; n < link.targets().size(); n++) {
            list.add(reference(link, n));
        }
        return list;
    }

    private static JsonPrimitive reference(Fields.Link link, int n) {
        Reference target = link.targets().get(n);
        return target instanceof Reference.ById byId
                ? new JsonPrimitive(byId.id())
                : new JsonPrimitive(((Reference.ByExternalId) target).externalId());
    }
}
