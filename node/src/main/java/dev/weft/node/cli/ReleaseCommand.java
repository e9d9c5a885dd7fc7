package dev.weft.node.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The data steward's commands. */
@Command(
        name = "release",
        mixinStandardHelpOptions = true,
        description = "Shows what waits for the data steward, and decides (with a steward's token: --token-file).",
        subcommands = {
            ReleaseCommand.Releases.class,
            ReleaseCommand.Show.class,
            ReleaseCommand.Approve.class,
            ReleaseCommand.Refuse.class,
            ReleaseCommand.Ahead.class,
            ReleaseCommand.End.class
        })
final class ReleaseCommand extends Group {
    /** Lists. */
    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists releases.")
    static final class Releases extends NodeCommand {
        @Option(
                names = "--state",
                paramLabel = "STATE",
                description = "waiting (default), approved, refused, automatic, held or all.")
        private String state = "waiting";

        @Override
        int run() throws CliException {
            JsonObject answer = client().get("/v1/release?limit=1000"
                    + (state.equals("all") ? "" : "&state=" + LocalClient.escape(state)));
            if (common().json()) {
                console().json(answer);
                return Exit.OK;
            }
            List<List<String>> rows = new ArrayList<>();
            for (JsonElement element : answer.getAsJsonArray("releases")) {
                JsonObject release = element.getAsJsonObject();
                rows.add(List.of(
                        text(release, "releaseId"),
                        text(release, "state"),
                        text(release, "predicateType"),
                        text(release, "record"),
                        text(release, "askedAt"),
                        text(release, "decidedBy")));
            }
            console().table(List.of("release", "state", "what", "record", "asked", "decided by"), rows);
            return Exit.OK;
        }
    }

    /** A command on one release. */
    private abstract static class One extends NodeCommand {
        @Parameters(index = "0", paramLabel = "RELEASE", description = "Number of the release.")
        private long id;

        String path() {
            return "/v1/release/" + id;
        }

        int decided(JsonObject answer) {
            if (common().json()) {
                console().json(answer);
            } else {
                console()
                        .line("release " + id + " is " + text(answer, "state") + " by " + text(answer, "decidedBy")
                                + (answer.has("statement") ? ", statement " + text(answer, "statement") : ""));
            }
            return Exit.OK;
        }
    }

    /** Previews. */
    @Command(
            name = "preview",
            aliases = "show",
            mixinStandardHelpOptions = true,
            description =
                    "Shows the exact bytes that would leave, who will see them, what is new in them, and what stays.")
    static final class Show extends One {
        @Override
        int run() throws CliException {
            JsonObject preview = client().get(path());
            if (common().json()) {
                console().json(preview);
                return Exit.OK;
            }
            console().line("would leave, in these bytes, with the header " + text(preview, "header") + ":");
            console().line(text(preview, "body"));
            console().line("seen by: " + text(preview, "seenBy"));
            console().line("mind: " + text(preview, "guessing"));
            for (JsonElement opening : preview.getAsJsonArray("openings")) {
                console()
                        .line("goes along, in clear: "
                                + text(opening.getAsJsonObject(), "name") + " = "
                                + text(opening.getAsJsonObject(), "value"));
            }
            List<List<String>> rows = new ArrayList<>();
            for (String outcome : List.of("new", "public", "opened", "bucketed", "linked", "committed", "stays")) {
                for (JsonElement element : preview.getAsJsonArray(outcome)) {
                    JsonObject record = element.getAsJsonObject();
                    List<String> names = new ArrayList<>();
                    record.getAsJsonArray("fields").forEach(name -> names.add(name.getAsString()));
                    rows.add(List.of(
                            outcome, text(record, "record") + " " + text(record, "kind"), String.join(" ", names)));
                }
            }
            console().table(List.of("becomes", "record", "fields"), rows);
            return Exit.OK;
        }
    }

    /** Lets out. */
    @Command(name = "approve", mixinStandardHelpOptions = true, description = "Lets it out, in your name.")
    static final class Approve extends One {
        @Option(
                names = "--ahead",
                description =
                        "From now on also what is like it: of this kind, on the same data, telling of no other field,"
                                + " under the same policy.")
        private boolean ahead;

        @Override
        int run() throws CliException {
            JsonObject body = new JsonObject();
            body.addProperty("ahead", ahead);
            return decided(client().post(path() + "/approve", body.toString()));
        }
    }

    /** Keeps in. */
    @Command(name = "refuse", mixinStandardHelpOptions = true, description = "Keeps it in, in your name.")
    static final class Refuse extends One {
        @Parameters(index = "1", paramLabel = "REASON", description = "Why; is recorded at the site.")
        private String reason = "";

        @Override
        int run() throws CliException {
            JsonObject body = new JsonObject();
            body.addProperty("reason", reason);
            return decided(client().post(path() + "/refuse", body.toString()));
        }
    }

    /** Lists patterns. */
    @Command(name = "ahead", mixinStandardHelpOptions = true, description = "Lists what was approved ahead.")
    static final class Ahead extends NodeCommand {
        @Override
        int run() throws CliException {
            JsonObject answer = client().get("/v1/patterns");
            if (common().json()) {
                console().json(answer);
                return Exit.OK;
            }
            List<List<String>> rows = new ArrayList<>();
            for (JsonElement element : answer.getAsJsonArray("patterns")) {
                JsonObject pattern = element.getAsJsonObject();
                rows.add(List.of(
                        text(pattern, "patternId"),
                        text(pattern, "releaseId"),
                        text(pattern, "predicateType"),
                        pattern.get("data").toString(),
                        text(pattern, "by"),
                        text(pattern, "at"),
                        text(pattern, "endedBy")));
            }
            console().table(List.of("pattern", "as release", "what", "datasets", "by", "at", "ended by"), rows);
            return Exit.OK;
        }
    }

    /** Ends a pattern. */
    @Command(
            name = "end",
            mixinStandardHelpOptions = true,
            description = "Ends a pattern: what is like it waits again.")
    static final class End extends NodeCommand {
        @Parameters(index = "0", paramLabel = "PATTERN", description = "Number of the pattern.")
        private long id;

        @Override
        int run() throws CliException {
            JsonObject answer = client().post("/v1/patterns/" + id + "/end", "");
            if (common().json()) {
                console().json(answer);
            } else {
                console().line("pattern " + id + " is ended by " + text(answer, "endedBy"));
            }
            return Exit.OK;
        }
    }
}
