package dev.weft.aggregator.cli;

import dev.weft.aggregator.config.ConfigException;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code weft-aggregator}. */
@Command(
        name = "weft-aggregator",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Main.Version.class,
        description = "Stitches the lineage of a federation from what its members release.",
        subcommands = {
            InitCommand.class,
            InviteCommand.class,
            MembersCommand.class,
            SuspendCommand.class,
            ResumeCommand.class,
            RevokeCommand.class,
            PolicyCommand.class,
            AlgorithmsCommand.class,
            ServeCommand.class,
            StatusCommand.class,
            AuditCommand.class,
            ForkCommand.class,
            RebuildCommand.class,
            BackupCommand.class,
            RecoverCommand.class,
            ConfigCommand.class
        })
public final class Main implements Runnable {
    /** Something was checked and did not hold, or the command failed. */
    static final int FAILED = 1;

    private static final int USAGE = 2;
    private static final int NOT_FOUND = 3;
    private static final int UNREACHABLE = 4;
    private static final int DENIED = 5;

    @Spec
    private @Nullable CommandSpec spec;

    public static void main(String[] args) {
        if (List.of(args).contains("serve")) {
            Preload.start();
        }
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((thrown, line, parsed) -> explain(thrown, line));
    }

    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }

    private static int explain(Exception thrown, CommandLine line) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof VerificationException refused) {
            line.getErr()
                    .println(withReason(refused.getMessage(), refused.reason().code()));
            return code(refused.reason());
        }
        if (cause instanceof ConfigException wrong) {
            line.getErr().println(wrong.getMessage());
            return USAGE;
        }
        if (cause instanceof FileSystemException file && file.getFile() != null) {
            Optional<Explained> explained = explain(file);
            if (explained.isPresent()) {
                line.getErr().println(explained.get().sentence());
                return explained.get().code();
            }
        }
        LoggerFactory.getLogger(Main.class).debug("failed", cause);
        boolean told = cause instanceof IOException && cause.getMessage() != null;
        line.getErr().println(told ? cause.getMessage() : cause.toString());
        return FAILED;
    }

    private record Explained(String sentence, int code) {}

    private static Optional<Explained> explain(FileSystemException problem) {
        String file = problem.getFile();
        if (problem instanceof NoSuchFileException) {
            return Optional.of(new Explained(
                    withReason(
                            "There is no " + file + "; name one that is there, or put it back.",
                            Reason.NOT_FOUND.code()),
                    NOT_FOUND));
        }
        if (problem instanceof FileAlreadyExistsException) {
            return Optional.of(new Explained(
                    withReason(
                            file + " exists already and is not overwritten; name another, or move it away.",
                            Reason.DUPLICATE.code()),
                    USAGE));
        }
        if (problem instanceof AccessDeniedException) {
            return Optional.of(new Explained(
                    withReason(
                            file + " is closed to this user; run as its owner, or change the owner or permissions.",
                            "access-denied"),
                    DENIED));
        }
        return Optional.empty();
    }

    /** As weft-node writes it too. */
    private static String withReason(@Nullable String sentence, String reason) {
        return sentence + " (" + reason + ")";
    }

    private static int code(Reason reason) {
        return switch (reason) {
            case NOT_FOUND -> NOT_FOUND;
            case UNAVAILABLE -> UNREACHABLE;
            case UNAUTHENTICATED, SCOPE_MISSING, INSECURE_FILE -> DENIED;
            case BAD_NAME, ALREADY_RUNNING -> USAGE;
            default -> FAILED;
        };
    }

    /** The version that the build wrote into the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
                    .orElse("unpackaged");
            return new String[] {"weft-aggregator " + version};
        }
    }
}
