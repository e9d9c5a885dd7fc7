package dev.weft.it.search;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The values of the records of all sites, as their local API tells them, parted into what was released and what was not.
 *
 * <p>Released is a field that the site's policy calls public or open, and what a statement has to say as it is: the event
 * of a round and what belongs to it, but for the update's own digest, weights and privacy parameters; and the statement that a model was taken from. The words of the
 * software itself ({@code kind}, {@code event}, {@code step}, {@code verdict}, a revocation's {@code reason}) are no values
 * of a site; a decision's source is the software's name, and its time that of the statement's header.
 */
public final class RawStore {

    private static final Set<String> RELEASED_CLASSES = Set.of("public", "open", "linkable");
    /** Who decided where no person did. */
    private static final String POLICY = "policy";

    private static final Set<String> WORDS = Set.of("kind", "event", "step", "verdict", "reason");

    private final List<RawValue> kept = new ArrayList<>();
    private final Set<String> released = new HashSet<>();
    private long values;

    /** Takes in the records of one member. */
    public void add(String member, List<JsonObject> records) {
        for (JsonObject record : records) {
            String kind = record.get("kind").getAsString();
            for (JsonElement each : record.getAsJsonArray("fields")) {
                JsonObject field = each.getAsJsonObject();
                String name = field.get("name").getAsString();
                if (field.has("value") && !field.get("value").isJsonNull() && !word(kind, name)) {
                    String origin = member + " record " + record.get("record").getAsLong() + " " + kind + "." + name;
                    add(origin, field, field.get("value"), leaves(kind, name, field));
                }
            }
        }
    }

    /** What the sites kept to themselves. A value that some site released is not among them, wherever it stands. */
    public List<RawValue> kept() {
        return kept.stream().filter(value -> !released.contains(value.text())).toList();
    }

    /** Says that a value left on purpose, in whatever form: a control of the search. */
    public void release(String text) {
        released.add(text);
    }

    /** All values seen, released or not. */
    public long values() {
        return values;
    }

    private void add(String origin, JsonObject field, JsonElement value, boolean leaves) {
        if (value.isJsonArray()) {
            value.getAsJsonArray().forEach(item -> add(origin, field, item, leaves));
            return;
        }
        if (value.isJsonObject()) {
            JsonObject item = value.getAsJsonObject(); // an item of a list, with its own type
            if (item.has("value")) {
                add(origin, item, item.get("value"), leaves);
            }
            return;
        }
        values++;
        String text = value.getAsString();
        if (leaves || (origin.endsWith(" decision.by") && text.equals(POLICY))) {
            released.add(text);
        } else if (field.has("type") && field.get("type").getAsString().equals("real")) {
            kept.add(RawValue.real(origin, Double.parseDouble(text)));
        } else {
            kept.add(RawValue.printed(origin, text, type(field)));
        }
    }

    /** The type byte of protocol section 2. */
    private static int type(JsonObject field) {
        return switch (field.has("type") ? field.get("type").getAsString() : "text") {
            case "int" -> 2;
            case "bool" -> 4;
            case "time" -> 5;
            case "digest" -> 6;
            default -> 1;
        };
    }

    private static boolean word(String kind, String name) {
        return WORDS.contains(name)
                || (kind.equals("disclosure") && !name.equals("by"))
                || (kind.equals("decision") && (name.equals("at") || name.equals("about") || name.equals("source")));
    }

    private static boolean leaves(String kind, String name, JsonObject field) {
        boolean released = field.has("class")
                && RELEASED_CLASSES.contains(field.get("class").getAsString());
        return released || (kind.equals("round") && stated(name)) || (kind.equals("model") && name.equals("from"));
    }

    private static boolean stated(String name) {
        return !name.equals("externalId")
                && !name.equals("source")
                && !name.equals("update")
                && !name.startsWith("field.")
                && !name.endsWith(".weight")
                && !(name.startsWith("privacy.") && name.contains(".parameter."));
    }
}
