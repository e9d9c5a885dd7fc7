package dev.weft.node.http;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The JSON Schema (2020-12) of what {@code POST /v1/records} takes, for tools that check before they send. */
final class RecordSchema {
    static final String PATH = "/schemas/record.json";

    private static final String ROOT = "NewRecord";
    private static final String IN_DESCRIPTION = "#/components/schemas/";
    private static final Pattern REFERENCE = Pattern.compile("\"" + IN_DESCRIPTION + "(\\w+)\"");

    private RecordSchema() {}

    /** Of the API's description the schema of a new record and those that it refers to, as a document of its own. */
    static String of(String openApi) {
        JsonObject schemas = JsonParser.parseString(openApi)
                .getAsJsonObject()
                .getAsJsonObject("components")
                .getAsJsonObject("schemas");
        Map<String, JsonElement> needed = new TreeMap<>();
        Deque<String> open = new ArrayDeque<>();
        open.add(ROOT);
        while (!open.isEmpty()) {
            String name = open.remove();
            if (!needed.containsKey(name)) {
                needed.put(name, schemas.get(name));
                Matcher references = REFERENCE.matcher(schemas.get(name).toString());
                while (references.find()) {
                    open.add(references.group(1));
                }
            }
        }
        JsonObject document = new JsonObject();
        document.addProperty("$schema", "https://json-schema.org/draft/2020-12/schema");
        document.addProperty("title", "One record, as POST /v1/records of a Weft node takes it");
        document.addProperty("$ref", "#/$defs/" + ROOT);
        JsonObject definitions = new JsonObject();
        needed.forEach(definitions::add);
        document.add("$defs", definitions);
        return document.toString().replace(IN_DESCRIPTION, "#/$defs/");
    }
}
