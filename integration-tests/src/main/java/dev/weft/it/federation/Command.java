package dev.weft.it.federation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One call of a command line, finished.
 *
 * @param exitCode as the process gave it
 * @param output both streams, as they came
 */
public record Command(int exitCode, String output) {

    /** Runs it to its end, whatever that is. */
    static Command run(List<String> line) {
        try {
            Process process = Processes.start(line);
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!Processes.awaitExit(process, 180)) {
                Processes.kill(process);
                throw new IllegalStateException("does not end: " + String.join(" ", line));
            }
            return new Command(process.exitValue(), output);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + line.get(0), e);
        }
    }

    /** Runs it and returns its output; fails with the output where the exit code is not 0. */
    static String succeed(List<String> line) {
        Command command = run(line);
        if (command.exitCode != 0) {
            throw new IllegalStateException("exit code " + command.exitCode + " of "
                    + String.join(" ", line.subList(Math.max(0, line.size() - 6), line.size())) + "\n"
                    + command.output);
        }
        return command.output;
    }
}
