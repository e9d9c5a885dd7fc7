package dev.weft.node.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Fields of committed records: asking others for them, and deciding about those of this site. */
@Command(
        name = "disclosure",
        mixinStandardHelpOptions = true,
        description =
                "Asks another site for a field that stands in the log as a commitment, and decides on what others ask"
                        + " of this one (with a steward's token: --token-file).",
        subcommands = {
            DisclosureCommand.Ask.class,
            DisclosureCommand.Requests.class,
            DisclosureCommand.Show.class,
            DisclosureCommand.Approve.class,
            DisclosureCommand.Refuse.class
        })
final class DisclosureCommand extends Group {
    /** Asks. */
    @Command(
            name = "ask",
            mixinStandardHelpOptions = true,
            description =
                    "Asks the author of a statement for fields that it commits to. Everybody sees that you ask, and for"
                            + " which fields; the words of --why go to the site alone.")
    static final class Ask extends NodeCommand {
        @Parameters(index = "0", paramLabel = "STATEMENT", description = "Id of the statement, 64 hex digits.")
        private String statement = "";

        @Option(
                names = "--field",
                paramLabel = "NAME",
                description =
                        "As it stands in the statement, such as metric.accuracy; or, beside --artifact or --commitment,"
                                + " a field of that record, such as rows.")
        private List<String> fields = new ArrayList<>();

        @Option(
                names = "--artifact",
                paramLabel = "KIND",
                description = "The record behind each commitment to a dataset, code, environment, model or run.")
        private List<String> artifacts = new ArrayList<>();

        @Option(names = "--commitment", paramLabel = "HEX", description = "The record behind this commitment.")
        private List<String> commitments = new ArrayList<>();

        @Option(names = "--purpose", paramLabel = "NAME", description = "In one word, for the log: audit-2026.")
        private String purpose = "";

        @Option(names = "--why", paramLabel = "WORDS", description = "In words, for the site alone.")
        private Optional<String> why = Optional.empty();

        @Override
        int run() throws CliException {
            JsonObject body = new JsonObject();
            body.addProperty("statement", statement);
            body.add("fields", texts(fields));
            body.add("artifacts", texts(artifacts));
            body.add("commitments", texts(commitments));
            if (!purpose.isEmpty()) {
                body.addProperty("purpose", purpose);
            }
            why.ifPresent(words -> body.addProperty("words", words));
            JsonObject asked = client().post("/v1/disclosures", body.toString());
            if (common().json()) {
                console().json(asked);
            } else {
                console()
                        .line("request " + text(asked, "disclosureId") + " to '" + text(asked, "owner")
                                + "' is signed; its answer: weft-node disclosure show "
                                + text(asked, "disclosureId"));
            }
            return Exit.OK;
        }

        private static JsonArray texts(List<String> texts) {
            JsonArray all = new JsonArray();
            texts.forEach(all::add);
            return all;
        }
    }

    /** Lists. */
    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists requests, own ones and others'.")
    static final class Requests extends NodeCommand {
        @Override
        int run() throws CliException {
            JsonObject answer = client().get("/v1/disclosures?limit=1000");
            if (common().json()) {
                console().json(answer);
                return Exit.OK;
            }
            List<List<String>> rows = new ArrayList<>();
            for (JsonElement element : answer.getAsJsonArray("disclosures")) {
                JsonObject asked = element.getAsJsonObject();
                rows.add(List.of(
                        text(asked, "disclosureId"),
                        text(asked, "state"),
                        text(asked, "requester"),
                        text(asked, "owner"),
                        text(asked, "purpose"),
                        text(asked, "askedAt"),
                        text(asked, "reason")));
            }
            console().table(List.of("request", "state", "by", "of", "purpose", "asked", "reason"), rows);
            return Exit.OK;
        }
    }

    /** A command on one request. */
    private abstract static class One extends NodeCommand {
        @Parameters(index = "0", paramLabel = "REQUEST", description = "Number of the request.")
        private long id;

        String path() {
            return "/v1/disclosures/" + id;
        }

        int decided(JsonObject answer) {
            if (common().json()) {
                console().json(answer);
            } else {
                console()
                        .line("request " + id + " is " + text(answer, "state") + " by " + text(answer, "decidedBy")
                                + ", statement " + text(answer, "decision"));
            }
            return Exit.OK;
        }
    }

    /** Shows. */
    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description =
                    "Shows who asks for what, and the values: at the site those that would leave, at the reader those that"
                            + " came, after their proof held.")
    static final class Show extends One {
        private static final List<String> LINES = List.of(
                "state",
                "requester",
                "owner",
                "statement",
                "purpose",
                "words",
                "askedAt",
                "entry",
                "decidedBy",
                "decidedAt",
                "decisionEntry",
                "reason",
                "answer",
                "sealed",
                "sealedReason",
                "proof",
                "note");

        @Override
        int run() throws CliException {
            JsonObject shown = client().get(path());
            if (common().json()) {
                console().json(shown);
                return Exit.OK;
            }
            for (String name : LINES) {
                if (shown.has(name) && !shown.get(name).isJsonNull()) {
                    console().line(name + ": " + text(shown, name));
                }
            }
            List<List<String>> rows = new ArrayList<>();
            for (JsonElement element : shown.getAsJsonArray("values")) {
                JsonObject value = element.getAsJsonObject();
                rows.add(List.of(
                        text(value, "record"),
                        text(value, "name"),
                        text(value, "value"),
                        text(value, "rule"),
                        text(value, "closed")));
            }
            console().table(List.of("record", "field", "value", "rule", "cannot be opened"), rows);
            return Exit.OK;
        }
    }

    /** Opens. */
    @Command(
            name = "approve",
            mixinStandardHelpOptions = true,
            description = "Opens the values that show prints for the one who asks, in your name.")
    static final class Approve extends One {
        @Override
        int run() throws CliException {
            return decided(client().post(path() + "/approve", "{}"));
        }
    }

    /** Refuses. */
    @Command(name = "refuse", mixinStandardHelpOptions = true, description = "Opens nothing, in your name.")
    static final class Refuse extends One {
        @Option(names = "--why", paramLabel = "WORDS", description = "In words, for the one who asks alone.")
        private Optional<String> why = Optional.empty();

        @Override
        int run() throws CliException {
            JsonObject body = new JsonObject();
            why.ifPresent(words -> body.addProperty("words", words));
            return decided(client().post(path() + "/refuse", body.toString()));
        }
    }
}
