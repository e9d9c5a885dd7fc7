package dev.weft.node.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Rounds: stated by the coordinator's node, shown to everybody. */
@Command(
        name = "round",
        mixinStandardHelpOptions = true,
        description = "Registers, opens, closes and shows training rounds.",
        subcommands = {
            RoundCommand.Register.class,
            RoundCommand.Open.class,
            RoundCommand.Close.class,
            RoundCommand.Show.class,
            RoundCommand.Rounds.class
        })
final class RoundCommand extends Group {
    /** A command that states an event of a round. */
    private abstract static class Event extends NodeCommand {
        int state(String event, String body) throws CliException {
            JsonObject answer = client().post("/v1/rounds/" + event, body);
            if (common().json()) {
                console().json(answer);
            } else {
                Recorded.show(console(), answer);
            }
            return Exit.OK;
        }
    }

    /** Registers. */
    @Command(
            name = "register",
            mixinStandardHelpOptions = true,
            description =
                    "Registers the round that a JSON file describes: trainingLine, number, protocol, inputModel...")
    static final class Register extends Event {
        @Parameters(paramLabel = "FILE", description = "A JSON file, or - for stdin.")
        private String file = "-";

        @Override
        int run() throws CliException {
            return state("register", Common.read(file, console()));
        }
    }

    /** Opens. */
    @Command(name = "open", mixinStandardHelpOptions = true, description = "Opens a round: fixes who is expected.")
    static final class Open extends Event {
        @Parameters(index = "0", paramLabel = "ROUND", description = "Hex of the round's id.")
        private String round = "";

        @Parameters(index = "1..*", arity = "1..*", paramLabel = "MEMBER", description = "Who is expected.")
        private List<String> members = List.of();

        @Override
        int run() throws CliException {
            JsonArray expected = new JsonArray();
            members.forEach(expected::add);
            JsonObject body = new JsonObject();
            body.addProperty("round", round);
            body.add("expected", expected);
            return state("open", body.toString());
        }
    }

    /** Closes. */
    @Command(
            name = "close",
            mixinStandardHelpOptions = true,
            description = "Closes the round that a JSON file names: round, received[], outputModel or failure.")
    static final class Close extends Event {
        @Parameters(paramLabel = "FILE", description = "A JSON file, or - for stdin.")
        private String file = "-";

        @Override
        int run() throws CliException {
            return state("close", Common.read(file, console()));
        }
    }

    /** Shows one. */
    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Shows one round: who was expected, what came.")
    static final class Show extends NodeCommand {
        @Parameters(paramLabel = "ROUND", description = "Hex of its id, or LINE/NUMBER.")
        private String round = "";

        @Override
        int run() throws CliException {
            return Answers.ask(this, Answers.question("round", "round", round, true));
        }
    }

    /** Lists them. */
    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the federation's rounds.")
    static final class Rounds extends NodeCommand {
        @Option(names = "--line", paramLabel = "LINE", description = "Only this training line.")
        private String line = "";

        @Override
        int run() throws CliException {
            return Answers.ask(this, Answers.question("rounds", "trainingLine", line, false));
        }
    }
}
