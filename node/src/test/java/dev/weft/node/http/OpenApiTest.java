package dev.weft.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weft.node.Site;
import dev.weft.node.capture.RecordJson;
import dev.weft.node.record.LineageRecord;
import dev.weft.node.release.ReleasePolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The description and the routes are written apart; this is what keeps them one. */
class OpenApiTest {
    @TempDir
    Path directory;

    @Test
    void description_hasExactlyTheRoutesAndTheirScopes() throws Exception {
        Map<String, String> described = new TreeMap<>();
        JsonObject paths =
                JsonParser.parseString(StatusRoutes.openApi()).getAsJsonObject().getAsJsonObject("paths");
        for (Map.Entry<String, JsonElement> path : paths.entrySet()) {
            for (Map.Entry<String, JsonElement> method :
                    path.getValue().getAsJsonObject().entrySet()) {
                TreeSet<String> scopes = new TreeSet<>();
                method.getValue()
                        .getAsJsonObject()
                        .getAsJsonArray("security")
                        .forEach(one -> one.getAsJsonObject()
                                .getAsJsonArray("token")
                                .forEach(scope -> scopes.add(scope.getAsString())));
                described.put(method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(), scopes.toString());
            }
        }
        Map<String, String> routes = routes().stream()
                .collect(Collectors.toMap(
                        route -> route.method().name() + " " + route.path(),
                        route -> route.scopes().stream()
                                .map(Scope::code)
                                .collect(Collectors.toCollection(TreeSet::new))
                                .toString(),
                        (a, b) -> a,
                        TreeMap::new));
        assertThat(described).isEqualTo(routes);
    }

    private List<Route> routes() throws Exception {
        try (Site site = Site.of(directory);
                WholeApi whole = new WholeApi(site, ReleasePolicy.DEFAULT)) {
            return whole.routes();
        }
    }

    @Test
    void everyExampleOfANewRecord_isTaken() throws Exception {
        JsonObject schemas = JsonParser.parseString(StatusRoutes.openApi())
                .getAsJsonObject()
                .getAsJsonObject("components")
                .getAsJsonObject("schemas");
        TreeSet<String> kinds = new TreeSet<>();
        for (JsonElement form : schemas.getAsJsonObject("NewRecord").getAsJsonArray("oneOf")) {
            String reference = form.getAsJsonObject().get("$ref").getAsString();
            JsonObject schema = schemas.getAsJsonObject(reference.substring(reference.lastIndexOf('/') + 1));
            LineageRecord record = RecordJson.read(schema.get("example").toString());
            kinds.add(record.kind().text());
        }
        assertThat(kinds).hasSize(11);
    }

    @Test
    void everyReferenceOfTheDescription_leadsSomewhere() throws Exception {
        String text = StatusRoutes.openApi();
        JsonObject schemas = JsonParser.parseString(text)
                .getAsJsonObject()
                .getAsJsonObject("components")
                .getAsJsonObject("schemas");
        Matcher references = Pattern.compile("#/components/schemas/(\\w+)").matcher(text);
        while (references.find()) {
            assertThat(schemas.has(references.group(1))).as(references.group()).isTrue();
        }
    }

    /** On its own it says what the description says, and refers to nothing outside of itself. */
    @Test
    void schemaOfARecord_standsOnItsOwn() throws Exception {
        String text = RecordSchema.of(StatusRoutes.openApi());
        JsonObject schema = JsonParser.parseString(text).getAsJsonObject();
        JsonObject definitions = schema.getAsJsonObject("$defs");
        assertThat(schema.get("$ref").getAsString()).isEqualTo("#/$defs/NewRecord");
        assertThat(text).doesNotContain("#/components/");
        Matcher references = Pattern.compile("#/\\$defs/(\\w+)").matcher(text);
        while (references.find()) {
            assertThat(definitions.has(references.group(1)))
                    .as(references.group())
                    .isTrue();
        }
        assertThat(definitions.getAsJsonObject("NewRecord").getAsJsonArray("oneOf"))
                .hasSize(18);
        assertThat(definitions.keySet()).doesNotContain("Release", "Status");
    }
}
