package dev.weft.node.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Questions to the federation. */
@Command(
        name = "ask",
        mixinStandardHelpOptions = true,
        description = "Asks the federation; the answer's proofs are checked here.",
        subcommands = {
            AskCommand.Lineage.class,
            AskCommand.Impact.class,
            AskCommand.Round.class,
            AskCommand.Rounds.class,
            AskCommand.Search.class
        })
final class AskCommand extends Group {
    /** What every question takes. */
    abstract static class Question extends NodeCommand {
        @Option(names = "--no-proof", description = "Do not ask for the entries behind the answer.")
        private boolean noProof;

        @Option(names = "--depth", paramLabel = "N", description = "Edges from the start at most.")
        private int depth;

        @Option(names = "--page-size", paramLabel = "N", description = "Vertices or rounds of one answer.")
        private int pageSize;

        @Option(names = "--page", paramLabel = "TOKEN", description = "Where the last answer ended.")
        private String page = "";

        @Option(
                names = "--kind",
                paramLabel = "KIND",
                description = "Tell only these: member, round, model, dataset...")
        private List<String> kinds = List.of();

        @Option(names = "--assertions", description = "Also what was said by somebody who may not say it.")
        private boolean assertions;

        int ask(String kind, String member, String text) throws CliException {
            JsonObject question = Answers.question(kind, member, text, !noProof);
            question.addProperty("depth", depth);
            question.addProperty("pageSize", pageSize);
            question.addProperty("pageToken", page);
            question.addProperty("assertions", assertions);
            JsonArray only = new JsonArray();
            kinds.forEach(k -> only.add(k.toUpperCase(Locale.ROOT).replace("_VERTEX", "") + "_VERTEX"));
            question.add("kinds", only);
            return Answers.ask(this, question);
        }
    }

    /** Upwards. */
    @Command(name = "lineage", mixinStandardHelpOptions = true, description = "What stands behind it?")
    static final class Lineage extends Question {
        @Parameters(paramLabel = "OF", description = "A digest, or hex of a statement, round or commitment.")
        private String of = "";

        @Override
        int run() throws CliException {
            return ask("lineage", "of", of);
        }
    }

    /** Downwards. */
    @Command(name = "impact", mixinStandardHelpOptions = true, description = "What was made from it?")
    static final class Impact extends Question {
        @Parameters(paramLabel = "OF", description = "A digest, or hex of a statement, round or commitment.")
        private String of = "";

        @Override
        int run() throws CliException {
            return ask("impact", "of", of);
        }
    }

    /** One round. */
    @Command(name = "round", mixinStandardHelpOptions = true, description = "Who was expected, and what came?")
    static final class Round extends Question {
        @Parameters(paramLabel = "ROUND", description = "Hex of its id, or LINE/NUMBER.")
        private String round = "";

        @Override
        int run() throws CliException {
            return ask("round", "round", round);
        }
    }

    /** All of a line. */
    @Command(name = "rounds", mixinStandardHelpOptions = true, description = "Which rounds are there?")
    static final class Rounds extends Question {
        @Parameters(arity = "0..1", paramLabel = "LINE", description = "Only this training line.")
        private String line = "";

        @Override
        int run() throws CliException {
            return ask("rounds", "trainingLine", line);
        }
    }

    /** By text. */
    @Command(name = "search", mixinStandardHelpOptions = true, description = "What is known by this name or digest?")
    static final class Search extends Question {
        @Parameters(paramLabel = "TEXT", description = "A digest or its beginning, a member, a round.")
        private String text = "";

        @Override
        int run() throws CliException {
            return ask("search", "text", text);
        }
    }
}
