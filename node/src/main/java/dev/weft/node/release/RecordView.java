package dev.weft.node.release;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.weft.node.record.Link;
import dev.weft.node.record.LocalLineage;
import dev.weft.node.record.StoredField;
import dev.weft.node.record.StoredRecord;
import dev.weft.proto.WireTime;
import dev.weft.proto.digest.FieldValue;
import java.util.Locale;

/** Raw records as the local API tells them to people of the site, each field with the class that policy gives it. */
public final class RecordView {

    private final ReleasePolicy policy;

    /** By a policy. */
    public RecordView(ReleasePolicy policy) {
        this.policy = policy;
    }

    /** One record. */
    public JsonObject json(StoredRecord record) {
        JsonObject json = new JsonObject();
        json.addProperty("record", record.id());
        json.addProperty("kind", record.kind().text());
        json.addProperty("source", record.source());
        record.externalId().ifPresent(id -> json.addProperty("externalId", id));
        json.addProperty("recordedAt", WireTime.print(record.recordedAt()));
        json.addProperty("leaf", record.leaf().hex());
        JsonArray fields = new JsonArray();
        record.body().fields().forEach(field -> fields.add(field(record, field)));
        json.add("fields", fields);
        return json;
    }

    private JsonObject field(StoredRecord record, StoredField field) {
        JsonObject json = new JsonObject();
        json.addProperty("name", field.name());
        json.addProperty(
                "class",
                policy.on(DataLabels.of(record))
                        .field(record.kind(), field.name())
                        .text());
        if (field instanceof StoredField.Kept kept) {
            FieldValue value = kept.value();
            json.addProperty("type", type(value));
            json.add("value", value(value));
        } else {
            json.addProperty("type", "erased");
        }
        return json;
    }

    private static String type(FieldValue value) {
        return switch (value.getClass().getSimpleName()) {
            case "DigestValue" -> "digest";
            case "Items" -> "list";
            default -> value.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        };
    }

    private static JsonElement value(FieldValue value) {
        if (value instanceof FieldValue.Items items) {
            JsonArray array = new JsonArray();
            items.value().forEach(item -> array.add(value(item)));
            return array;
        }
        return new JsonPrimitive(value.display());
    }

    /** What the site's own lineage says. */
    public JsonObject json(LocalLineage lineage) {
        JsonObject json = new JsonObject();
        JsonArray records = new JsonArray();
        lineage.records().forEach(record -> records.add(json(record)));
        json.add("records", records);
        JsonArray links = new JsonArray();
        lineage.links().forEach(link -> links.add(json(link)));
        json.add("links", links);
        json.addProperty("truncated", lineage.truncated());
        return json;
    }

    private static JsonObject json(Link link) {
        JsonObject json = new JsonObject();
        json.addProperty("down", link.down());
        json.addProperty("up", link.up());
        json.addProperty("role", link.role().name().toLowerCase(Locale.ROOT));
        json.addProperty("said", link.said());
        return json;
    }
}
