package dev.weft.node.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The site's own lineage, raw. */
@Command(
        name = "local",
        mixinStandardHelpOptions = true,
        description = "Reads this site's own records; nothing of it leaves.",
        subcommands = {
            LocalCommand.Records.class,
            LocalCommand.Show.class,
            LocalCommand.Lineage.class,
            LocalRuns.Reproduce.class,
            LocalRuns.Diff.class,
            LocalRuns.Check.class
        })
final class LocalCommand extends Group {
    private static List<String> row(JsonObject record) {
        return List.of(
                NodeCommand.text(record, "record"),
                NodeCommand.text(record, "kind"),
                name(record),
                NodeCommand.text(record, "source"),
                NodeCommand.text(record, "externalId"),
                NodeCommand.text(record, "recordedAt"));
    }

    private static String name(JsonObject record) {
        for (String wanted : List.of("name", "digest", "step", "event")) {
            for (JsonElement element : record.getAsJsonArray("fields")) {
                JsonObject field = element.getAsJsonObject();
                if (NodeCommand.text(field, "name").equals(wanted)) {
                    return NodeCommand.text(field, "value");
                }
            }
        }
        return "-";
    }

    private static void records(Console console, Iterable<JsonElement> records) {
        List<List<String>> rows = new ArrayList<>();
        records.forEach(record -> rows.add(row(record.getAsJsonObject())));
        console.table(List.of("record", "kind", "name", "source", "external id", "recorded"), rows);
    }

    /** Lists. */
    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists records.")
    static final class Records extends NodeCommand {
        @Option(names = "--kind", paramLabel = "KIND", description = "Only this kind.")
        private String kind = "";

        @Option(names = "--after", paramLabel = "RECORD", description = "Only later ones.")
        private long after = -1;

        @Option(names = "--limit", paramLabel = "N", description = "At most so many (default 100).")
        private int limit = 100;

        @Override
        int run() throws CliException {
            JsonObject answer = client().get("/v1/records?after=" + after + "&limit=" + limit
                    + (kind.isEmpty() ? "" : "&kind=" + LocalClient.escape(kind)));
            if (common().json()) {
                console().json(answer);
            } else {
                records(console(), answer.getAsJsonArray("records"));
            }
            return Exit.OK;
        }
    }

    /** Shows. */
    @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows one record with its raw fields.")
    static final class Show extends NodeCommand {
        @Parameters(paramLabel = "RECORD", description = "A record: its number, its external id or its digest.")
        private String of = "";

        @Override
        int run() throws CliException {
            LocalClient client = client();
            JsonObject record =
                    client.get("/v1/records/" + text(RunFacts.ask(client, of).record(), "record"));
            if (common().json()) {
                console().json(record);
                return Exit.OK;
            }
            records(console(), List.of(record));
            List<List<String>> rows = new ArrayList<>();
            for (JsonElement element : record.getAsJsonArray("fields")) {
                JsonObject field = element.getAsJsonObject();
                String value = !field.has("value")
                        ? "erased"
                        : field.get("value").isJsonPrimitive()
                                ? text(field, "value")
                                : field.get("value").toString();
                rows.add(List.of(text(field, "name"), text(field, "class"), text(field, "type"), value));
            }
            console().line("");
            console().table(List.of("field", "class", "type", "value"), rows);
            return Exit.OK;
        }
    }

    /** Walks. */
    @Command(
            name = "lineage",
            mixinStandardHelpOptions = true,
            description = "What it came from, or what came from it.")
    static final class Lineage extends NodeCommand {
        @Parameters(paramLabel = "OF", description = "A record's number, an external id, or a digest.")
        private String of = "";

        @Option(names = "--down", description = "What came from it, instead of what it came from.")
        private boolean down;

        @Option(names = "--depth", paramLabel = "N", description = "Links at most.")
        private int depth;

        @Override
        int run() throws CliException {
            JsonObject answer = client().get("/v1/local/lineage?of=" + LocalClient.escape(of) + "&direction="
                    + (down ? "down" : "up") + "&depth=" + depth);
            if (common().json()) {
                console().json(answer);
                return Exit.OK;
            }
            records(console(), answer.getAsJsonArray("records"));
            List<List<String>> rows = new ArrayList<>();
            for (JsonElement element : answer.getAsJsonArray("links")) {
                JsonObject link = element.getAsJsonObject();
                rows.add(List.of(text(link, "down"), text(link, "role"), text(link, "up")));
            }
            console().line("");
            console().table(List.of("record", "has as", "record"), rows);
            return Exit.OK;
        }
    }
}
