package dev.weft.node.cli;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The command {@code weft-node}. */
@Command(
        name = "weft-node",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Keeps the lineage of one institution and releases what it allows.",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:something was checked and does not hold",
            "2:the command line, a setting or what was handed in is wrong",
            "3:there is no such thing",
            "4:nobody answers",
            "5:not allowed"
        },
        subcommands = {
            JoinCommand.class,
            ServeCommand.class,
            StatusCommand.class,
            RecordCommand.class,
            ImportCommand.class,
            RunCommand.class,
            RoundCommand.class,
            ReleaseCommand.class,
            DisclosureCommand.class,
            LinkCommand.class,
            PolicyCommand.class,
            StewardCommand.class,
            EraseCommand.class,
            SearchBytesCommand.class,
            LocalCommand.class,
            AskCommand.class,
            AuditCommand.class,
            VerifyCommand.class,
            TokenCommand.class,
            BackupCommand.class,
            RecoverCommand.class,
            KeyCommand.class,
            ForkCommand.class,
            DoctorCommand.class,
            ConfigCommand.class
        })
public final class Main implements Runnable {
    private final Console console;

    private Main(Console console) {
        this.console = console;
    }

    public static void main(String[] args) {
        if (List.of(args).contains("serve")) {
            Preload.start();
        }
        System.exit(execute(Console.system(), args));
    }

    /** Runs one command line. */
    static int execute(Console console, String... args) {
        CommandLine line = new CommandLine(new Main(console))
                .setOut(console.out())
                .setErr(console.err())
                .setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((problem, failed, parsed) -> {
            console.error(String.valueOf(problem.getMessage()));
            return Exit.USAGE;
        });
        // What follows the command's name is the command's, options too.
        Objects.requireNonNull(line.getSubcommands().get("run")).setStopAtPositional(true);
        hand(console, line);
        return line.execute(args);
    }

    private static void hand(Console console, CommandLine line) {
        if (line.getCommand() instanceof NodeCommand command) {
            command.use(console);
        }
        line.getSubcommands().values().forEach(sub -> hand(console, sub));
    }

    @Override
    public void run() {
        new CommandLine(this).usage(console.out());
    }

    /** The version that the build wrote into the jar's manifest. */
    static final class Version implements IVersionProvider {
        static String text() {
            return "weft-node "
                    + Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
                            .orElse("unpackaged");
        }

        @Override
        public String[] getVersion() {
            return new String[] {text()};
        }
    }
}
