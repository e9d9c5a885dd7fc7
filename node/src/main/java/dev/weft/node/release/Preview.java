package dev.weft.node.release;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.weft.node.record.StoredRecord;
import dev.weft.node.release.Fate.Outcome;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.v1.Opening;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a steward sees before deciding: the exact body, for every field of every record behind it what becomes of it, and
 * which of that the federation was not told before.
 *
 * @param fresh those fates that tell more than any earlier statement of this site did
 */
public record Preview(Release release, List<Fate> fates, Set<Fate> fresh, List<Opening> openings) {

    /** The members of the statement that are filled when it is signed. */
    static final List<String> HEADER =
            List.of("federation", "audience", "author", "incarnation", "seq", "prev", "siteHead", "seen", "recordedAt");

    private static final String SEEN_BY =
            "every member of the federation, its auditors, and whoever runs the aggregator";
    private static final String GUESSING =
            "A public digest is recognised by whoever holds or guesses the same bytes. A commitment says nothing until the"
                    + " site opens it.";
    private static final String ENUMERABLE = " A linkable value meets the same digest at other sites: members with the"
            + " linking key, that is sites and coordinators, can enumerate it, by trying out digests until one fits;"
            + " outsiders, auditors and whoever runs the aggregator cannot.";

    /** Copies the lists. */
    public Preview {
        fates = List.copyOf(fates);
        fresh = Set.copyOf(fresh);
        openings = List.copyOf(openings);
    }

    static Preview of(Connection connection, Release release, StoredRecord record, List<Opening> openings)
            throws SQLException, VerificationException {
        List<Fate> fates = Fate.of(connection, release.body().toStringUtf8(), record, openings);
        Set<Fate> fresh = new LinkedHashSet<>();
        for (Fate fate : fates) {
            if (fate.outcome() != Outcome.STAYS && !ToldStore.known(connection, fate)) {
                fresh.add(fate);
            }
        }
        return new Preview(release, fates, fresh, openings);
    }

    /** As the local API tells it; {@code body} is the exact text. */
    public JsonObject json() {
        JsonObject json = ReleaseView.json(release);
        json.addProperty("body", release.body().toStringUtf8());
        json.addProperty("header", "added at signing: " + String.join(", ", HEADER));
        json.addProperty("seenBy", SEEN_BY);
        boolean linked = fates.stream().anyMatch(fate -> fate.outcome() == Outcome.LINKED);
        json.addProperty("guessing", linked ? GUESSING + ENUMERABLE : GUESSING);
        JsonArray values = new JsonArray();
        for (Opening opening : openings) {
            JsonObject value = new JsonObject();
            value.addProperty("name", opening.getName());
            value.addProperty("value", display(opening.getValue()));
            values.add(value);
        }
        json.add("openings", values);
        for (Outcome outcome : Outcome.values()) {
            json.add(
                    outcome.text(),
                    fields(fates.stream()
                            .filter(fate -> fate.outcome() == outcome)
                            .toList()));
        }
        boolean signed = release.statement().isPresent();
        json.add(
                "new",
                signed
                        ? new JsonArray()
                        : fields(fates.stream().filter(fresh::contains).toList()));
        return json;
    }

    private static JsonArray fields(List<Fate> fates) {
        JsonArray array = new JsonArray();
        fates.stream()
                .collect(Collectors.groupingBy(
                        Fate::record, LinkedHashMap::new, Collectors.toCollection(ArrayList::new)))
                .forEach((record, group) -> {
                    JsonObject json = new JsonObject();
                    json.addProperty("record", record);
                    json.addProperty("kind", group.get(0).kind().text());
                    JsonArray names = new JsonArray();
                    group.forEach(fate -> names.add(fate.field()));
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
