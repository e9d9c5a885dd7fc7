package dev.weft.it.story;

import dev.weft.it.federation.Distribution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A Python that has what a script needs: the machine's own, else a virtual environment that is made from the package index. */
final class Python {
    private static final Path SCRIPTS =
            Distribution.checkout().resolve("integration-tests").resolve("python");

    private final Path python;

    private Python(Path python) {
        this.python = python;
    }

    /** One whose {@code cryptography} knows ML-DSA. */
    static Python find() {
        return with("cryptography.hazmat.primitives.asymmetric.mldsa", "requirements.txt");
    }

    /**
     * One that can import the module. Where neither can be had, the test is skipped and says so: it never passes.
     *
     * @param requirements the file of pinned packages that has it
     */
    static Python with(String module, String requirements) {
        Path own = Path.of("python3");
        if (works(own, module)) {
            return new Python(own);
        }
        Path home =
                Path.of("target", "python-" + module.replaceFirst("[.].*", "")).toAbsolutePath();
        Path made = home.resolve("bin").resolve("python3");
        if (!works(made, module)) {
            Output venv = start(List.of("python3", "-m", "venv", home.toString()));
            Output pip = venv.exitCode() == 0
                    ? start(List.of(
                            made.toString(),
                            "-m",
                            "pip",
                            "install",
                            "--quiet",
                            "-r",
                            SCRIPTS.resolve(requirements).toString()))
                    : venv;
            new Python(made)
                    .assume(
                            pip.exitCode() == 0 && works(made, module),
                            "no python3 with " + module + ": " + pip.text());
        }
        return new Python(made);
    }

    record Output(int exitCode, String text) {}

    /** Skips the test, with the count and the reason that the build prints, unless it can be run. */
    void assume(boolean possible, String why) {
        if (!possible) {
            System.out.println("1 skipped: " + why);
        }
        Assumptions.assumeTrue(possible, why);
    }

    private static boolean works(Path python, String module) {
        return start(List.of(python.toString(), "-c", "import " + module)).exitCode() == 0;
    }

    /** What a script of {@code integration-tests/python} prints; fails where its exit code is not 0. */
    String run(String script, String... arguments) {
        Output output = ask(script, arguments);
        if (output.exitCode() != 0) {
            throw new AssertionError(script + " exits with " + output.exitCode() + ": " + output.text());
        }
        return output.text();
    }

    /** As {@link #run}, whatever the exit code is. */
    Output ask(String script, String... arguments) {
        List<String> line = new ArrayList<>(
                List.of(python.toString(), SCRIPTS.resolve(script).toString()));
        line.addAll(List.of(arguments));
        return start(line);
    }

    private static Output start(List<String> line) {
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        try {
            if (line.get(0).contains("/") && !Files.exists(Path.of(line.get(0)))) {
                return new Output(-1, line.get(0) + " is not there");
            }
            Process process = builder.start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Output(process.waitFor(), text);
        } catch (IOException e) {
            return new Output(-1, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("interrupted", e));
        }
    }
}
