package dev.weft.node.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every command takes. */
final class Common {
    static final String VARIABLE = "WEFT_DIR";

    private static final int MAX_INPUT = 64 << 20;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Directory of the membership (default: $WEFT_DIR, else ./weft-node).")
    private @Nullable Path dir;

    @Option(names = "--json", description = "Answer in JSON.")
    private boolean json;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "Token for the local API (default: $WEFT_TOKEN, else DIR/tokens/admin.token).")
    private @Nullable Path tokenFile;

    Path directory() {
        if (dir != null) {
            return dir.toAbsolutePath().normalize();
        }
        return Path.of(Optional.ofNullable(System.getenv(VARIABLE)).orElse("weft-node"))
                .toAbsolutePath()
                .normalize();
    }

    boolean json() {
        return json;
    }

    Optional<Path> tokenFile() {
        return Optional.ofNullable(tokenFile);
    }

    /** A file's text, or what stands on standard input where the name is {@code -}. */
    static String read(String file, Console console) throws CliException {
        try {
            if (file.equals("-")) {
                return new String(console.in().readNBytes(MAX_INPUT), StandardCharsets.UTF_8);
            }
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw CliException.unreadable(file, e);
        }
    }
}
