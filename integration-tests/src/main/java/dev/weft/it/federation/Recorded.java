package dev.weft.it.federation;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a node answered to a record.
 *
 * @param record id at the site
 * @param duplicate the same was there already
 * @param statements ids in hex of what was signed for it
 * @param waiting waits for the data steward
 * @param releaseId of the waiting release
 */
public record Recorded(
        long record, boolean duplicate, List<String> statements, boolean waiting, Optional<String> releaseId) {

    static Recorded parse(JsonObject json) {
        List<String> statements = new ArrayList<>();
        if (json.has("statements")) {
            json.getAsJsonArray("statements").forEach(id -> statements.add(id.getAsString()));
        }
        return new Recorded(
                json.get("record").getAsLong(),
                flag(json, "duplicate"),
                List.copyOf(statements),
                flag(json, "waiting"),
                Optional.ofNullable(json.get("releaseId"))
                        .filter(id -> !id.isJsonNull())
                        .map(JsonElement::getAsString));
    }

    /** The one statement; fails where there is none or more. */
    public String statement() {
        if (statements.size() != 1) {
            throw new IllegalStateException("record " + record + " has " + statements.size() + " statements");
        }
        return statements.get(0);
    }

    private static boolean flag(JsonObject json, String name) {
        return json.has(name) && json.get(name).getAsBoolean();
    }
}
