package dev.weft.node.release;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.weft.node.record.Kind;
import dev.weft.node.record.RecordQuery;
import dev.weft.node.record.StoredField;
import dev.weft.node.record.StoredRecord;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.v1.Opening;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a steward sees before deciding: the exact body, and for every field of every record behind it what becomes of it.
 * Told from the body itself, not from the policy: a field leaves if its value or its commitment stands in there.
 */
public record Preview(Release release, List<Fate> fates, List<Opening> openings) {

    /** What becomes of a field. */
    public enum Outcome {
        /** The value stands in the statement. */
        PUBLIC,
        /** A commitment stands in the statement, the value goes along beside it. */
        OPENED,
        /** A commitment stands in the statement, and the range that the number lies in goes along beside it. */
        BUCKETED,
        /** A commitment stands in the statement. */
        COMMITTED,
        /** Nothing of it leaves. */
        STAYS
    }

    /** One field of one record. */
    public record Fate(long record, Kind kind, String field, Outcome outcome) {}

    /** Copies the lists. */
    public Preview {
        fates = List.copyOf(fates);
        openings = List.copyOf(openings);
    }

    static Preview of(Connection connection, Release release, StoredRecord record, List<Opening> openings)
            throws SQLException, VerificationException {
        String body = release.body().toStringUtf8();
        List<Fate> fates = new ArrayList<>();
        for (StoredRecord behind : behind(connection, record).values()) {
            for (StoredField field : behind.body().fields()) {
                fates.add(new Fate(behind.id(), behind.kind(), field.name(), outcome(field, body, openings)));
            }
        }
        return new Preview(release, fates, openings);
    }

    private static Map<Long, StoredRecord> behind(Connection connection, StoredRecord record)
            throws SQLException, VerificationException {
        Map<Long, StoredRecord> behind = new LinkedHashMap<>();
        behind.put(record.id(), record);
        for (long run : record.targets("run")) {
            for (StoredRecord each : Closure.of(connection, run).records()) {
                behind.put(each.id(), each);
            }
            for (StoredRecord metrics : RecordQuery.metricsOf(connection, run)) {
                behind.put(metrics.id(), metrics);
            }
        }
        for (long artifact : record.targets("artifact")) {
            RecordQuery.find(connection, artifact).ifPresent(each -> behind.put(each.id(), each));
        }
        return behind;
    }

    private static Outcome outcome(StoredField field, String body, List<Opening> openings) {
        ByteString commitment = field.commitment().toByteString();
        if (openings.stream().anyMatch(opening -> opening.getCommitment().equals(commitment))) {
            return Outcome.OPENED;
        }
        if (field instanceof StoredField.Kept kept && openings.stream().anyMatch(one -> Bucket.isOf(kept, one))) {
            return Outcome.BUCKETED;
        }
        if (body.contains(Base64.getEncoder().encodeToString(commitment.toByteArray()))) {
            return Outcome.COMMITTED;
        }
        return field instanceof StoredField.Kept kept && stands(kept.value(), body) ? Outcome.PUBLIC : Outcome.STAYS;
    }

    /** Only digests and ids are ever said as they are, so only they are looked for. */
    private static boolean stands(FieldValue value, String body) {
        if (value instanceof FieldValue.DigestValue digest) {
            return body.contains('"' + digest.value().toString() + '"');
        }
        return value instanceof FieldValue.Bytes bytes
                && body.contains(
                        '"' + Base64.getEncoder().encodeToString(bytes.value().toByteArray()) + '"');
    }

    /** As the local API tells it; {@code body} is the exact text. */
    public JsonObject json() {
        JsonObject json = ReleaseView.json(release);
        json.addProperty("body", release.body().toStringUtf8());
        json.addProperty(
                "header",
                "added at signing: federation, audience, author, incarnation, seq, prev, siteHead, seen, recordedAt");
        json.addProperty("seenBy", "every member of the federation, its auditors, and whoever runs the aggregator");
        JsonArray values = new JsonArray();
        for (Opening opening : openings) {
            JsonObject value = new JsonObject();
            value.addProperty("name", opening.getName());
            value.addProperty("value", display(opening.getValue()));
            values.add(value);
        }
        json.add("openings", values);
        for (Outcome outcome : Outcome.values()) {
            json.add(outcome.name().toLowerCase(java.util.Locale.ROOT), fields(outcome));
        }
        return json;
    }

    private JsonArray fields(Outcome outcome) {
        JsonArray array = new JsonArray();
        fates.stream()
                .filter(fate -> fate.outcome() == outcome)
                .collect(Collectors.groupingBy(Fate::record, LinkedHashMap::new, Collectors.toList()))
                .forEach((record, fates) -> {
                    JsonObject json = new JsonObject();
                    json.addProperty("record", record);
                    json.addProperty("kind", fates.get(0).kind().text());
                    JsonArray names = new JsonArray();
                    fates.forEach(fate -> names.add(fate.field()));
                    json.add("fields", names);
                    array.add(json);
                });
        return array;
    }

    private static String display(ByteString canonical) {
        try {
            return FieldValue.parse(canonical).display();
        } catch (VerificationException e) {
            throw new IllegalStateException("the database holds a broken opening", e);
        }
    }
}
