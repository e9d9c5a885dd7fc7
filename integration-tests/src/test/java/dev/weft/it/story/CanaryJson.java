package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.weft.it.federation.HttpReply;
import dev.weft.it.federation.SiteNode;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** Tools that post to the node: its own JSON, and OpenLineage. */
final class CanaryJson {

    private CanaryJson() {}

    /** Names and values in turn. */
    static JsonObject object(Object... pairs) {
        JsonObject object = new JsonObject();
        for (int n = 0; n < pairs.length; n += 2) {
            object.add((String) pairs[n], element(pairs[n + 1]));
        }
        return object;
    }

    private static JsonElement element(Object value) {
        if (value instanceof JsonElement json) {
            return json;
        }
        if (value instanceof Number number) {
            return new JsonPrimitive(number);
        }
        if (value instanceof Collection<?> items) {
            JsonArray array = new JsonArray();
            items.forEach(item -> array.add(element(item)));
            return array;
        }
        return new JsonPrimitive(value.toString());
    }

    private static String digest(int n) {
        return "sha256:" + "%064x".formatted(0x5eed_0000_0000L + n);
    }

    /** 30 canaries a run. {@code shared} gives the values of the two metrics that one site's policy opens. */
    static void plain(SiteNode node, Canaries some, Canaries shared, int runs) {
        JsonArray batch = new JsonArray();
        for (int n = 0; n < runs; n++) {
            String id = "plain-" + n;
            batch.add(object(
                    "kind", "permit", "externalId", "permit-" + n, "name", some.remark(), "basis", some.remark()));
            batch.add(object(
                    "kind",
                    "dataset",
                    "externalId",
                    "rows-" + n,
                    "name",
                    some.patient(),
                    "digest",
                    digest(n),
                    "path",
                    some.path(),
                    "rows",
                    some.small(),
                    "bytes",
                    some.small(),
                    "version",
                    some.patient(),
                    "labels",
                    List.of(some.patient(), some.user()),
                    "description",
                    some.remark()));
            batch.add(object(
                    "kind",
                    "code",
                    "externalId",
                    "code-" + n,
                    "name",
                    some.path(),
                    "digest",
                    digest(1_000 + n),
                    "repository",
                    "https://" + some.host() + "/x"));
            batch.add(object(
                    "kind",
                    "environment",
                    "externalId",
                    "env-" + n,
                    "name",
                    some.host(),
                    "digest",
                    digest(2_000 + n),
                    "packages",
                    List.of(some.path())));
            batch.add(object(
                    "kind",
                    "run",
                    "externalId",
                    id,
                    "step",
                    "train",
                    "inputs",
                    List.of("rows-" + n),
                    "code",
                    "code-" + n,
                    "environment",
                    "env-" + n,
                    "command",
                    "train " + some.path(),
                    "seed",
                    some.small(),
                    "exitCode",
                    0,
                    "parameters",
                    object("cohort", some.patient(), "epochs", some.small(), "rate", some.metric(), "by", some.user()),
                    "metrics",
                    object(
                            "loss",
                            some.metric(),
                            "cases",
                            some.small(),
                            "controls",
                            some.small(),
                            "shared",
                            shared.metric(),
                            "sharedCount",
                            shared.small()),
                    "fields",
                    object("user", some.user(), "host", some.host(), "note", some.remark())));
            batch.add(object(
                    "kind", "metrics", "of", id, "values", object("auc", some.metric(), "dropouts", some.small())));
        }
        accepted(node.client().send("POST", "/v1/records/batch", batch.toString()));
    }

    private static void accepted(HttpReply reply) {
        assertThat(reply.status()).as(reply.toString()).isBetween(200, 299);
        assertThat(reply.toString()).doesNotContain("\"reason\"");
    }

    /** 33 canaries a run. */
    static void openLineage(SiteNode node, Canaries some, int runs) {
        JsonArray batch = new JsonArray();
        for (int n = 0; n < runs; n++) {
            String id = UUID.nameUUIDFromBytes(("run " + n).getBytes(StandardCharsets.UTF_8))
                    .toString();
            JsonObject facets = object(
                    "environmentVariables",
                    object("environmentVariables", List.of(object("name", "WARD", "value", some.remark()))),
                    "executionParameters",
                    object(
                            "parameters",
                            List.of(
                                    object("key", "cohort", "value", some.patient()),
                                    object("key", "few", "value", Integer.toString(some.small())))),
                    "errorMessage",
                    object("message", some.remark(), "stackTrace", some.path()),
                    "acme_ward",
                    object("head", some.user(), "beds", some.small(), "mean", some.metric(), "host", some.host()));
            batch.add(object(
                    "eventType",
                    "COMPLETE",
                    "eventTime",
                    "2026-11-21T08:00:00Z",
                    "producer",
                    "https://tool.example",
                    "run",
                    object("runId", id, "facets", facets),
                    "job",
                    object("namespace", some.host(), "name", some.path(), "facets", owner(some)),
                    "inputs",
                    List.of(dataset(some), dataset(some)),
                    "outputs",
                    List.of(dataset(some))));
        }
        accepted(node.client().send("POST", "/api/v1/lineage/batch", batch.toString()));
    }

    private static JsonObject owner(Canaries some) {
        return object(
                "ownership", object("owners", List.of(object("name", some.user(), "type", some.remark()))),
                "sourceCodeLocation",
                        object("type", "git", "url", "https://" + some.host() + "/etl", "version", some.patient()));
    }

    private static JsonObject dataset(Canaries some) {
        return object(
                "namespace",
                "s3://" + some.host(),
                "name",
                some.path(),
                "facets",
                object(
                        "acme_rows",
                        object("n", some.small(), "first", some.patient(), "by", some.user(), "mean", some.metric())));
    }
}
