package dev.weft.it.story;

import dev.weft.it.federation.Distribution;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** The tools that people use, as the package index has them, in a virtual environment of this build. */
final class Tools {
    static final Path SCRIPTS =
            Distribution.checkout().resolve("integration-tests").resolve("python");
    private static final int PATIENCE_SECONDS = 600;

    private final Path bin;

    private Tools(Path bin) {
        this.bin = bin;
    }

    /** Those that capture lineage. Where no index answers, {@code count} tests are skipped, which the build prints: they never pass. */
    static Tools find(int count) throws Exception {
        return find("tools", count);
    }

    /** Those of a list of pinned packages, {@code NAME.txt}. */
    static Tools find(String name, int count) throws Exception {
        Path home = Path.of("target", name).toAbsolutePath();
        Tools tools = new Tools(home.resolve("bin"));
        Path list = SCRIPTS.resolve(name + ".txt");
        Path done = home.resolve("installed.txt");
        if (!Files.exists(done) || !Files.readString(done).equals(Files.readString(list))) {
            Output venv = run(List.of("python3", "-m", "venv", home.toString()));
            Output pip = venv.exitCode() == 0
                    ? run(List.of(tools.path("pip"), "install", "--quiet", "-r", list.toString()))
                    : venv;
            if (pip.exitCode() != 0) {
                System.out.println(count + " skipped: no index");
                Assumptions.abort("no index: " + pip.text());
            }
            Files.copy(list, done, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        return tools;
    }

    private record Output(int exitCode, String text) {}

    String path(String program) {
        return bin.resolve(program).toString();
    }

    /** What a script of {@code integration-tests/python} prints last; fails where its exit code is not 0. */
    String last(String script, String... arguments) throws Exception {
        List<String> lines = all(script, arguments).lines().toList();
        return lines.get(lines.size() - 1).strip();
    }

    /** All that it prints. */
    String all(String script, String... arguments) throws Exception {
        List<String> line =
                new ArrayList<>(List.of(path("python3"), SCRIPTS.resolve(script).toString()));
        line.addAll(List.of(arguments));
        Output output = finish(withPackage(line).redirectErrorStream(true));
        if (output.exitCode() != 0) {
            throw new AssertionError(script + " exits with " + output.exitCode() + ": " + output.text());
        }
        return output.text();
    }

    /** Runs the tests in a directory of {@code integration-tests/python}; what was printed of them. */
    String unittest(String tests) throws Exception {
        List<String> line = List.of(path("python3"), "-m", "unittest", "discover", "-s", tests);
        return finish(withPackage(line).directory(SCRIPTS.toFile()).redirectErrorStream(true))
                .text();
    }

    /** The package is found by the processes that a script starts too, as it is where it was installed. */
    private static ProcessBuilder withPackage(List<String> line) {
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().put("PYTHONPATH", SCRIPTS.toString());
        return builder;
    }

    /** Types a block of the README in a directory; what it printed. */
    String type(String block, Path directory) throws Exception {
        ProcessBuilder bash = new ProcessBuilder("bash", "-c", "set -euo pipefail\n" + block)
                .directory(directory.toFile())
                .redirectErrorStream(true);
        Path node = Distribution.checkout().resolve("node/target/weft-node/bin");
        bash.environment().merge("PATH", bin + ":" + node, (path, bins) -> bins + ":" + path);
        Output output = finish(bash);
        if (output.exitCode() != 0) {
            throw new AssertionError("exits with " + output.exitCode() + ": " + output.text());
        }
        return output.text();
    }

    private static Output run(List<String> line) throws Exception {
        return finish(new ProcessBuilder(line).redirectErrorStream(true));
    }

    private static Output finish(ProcessBuilder builder) throws Exception {
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        Path printed = Files.createTempFile("tool", ".out");
        try {
            Process process = builder.redirectOutput(printed.toFile()).start();
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            return new Output(ended ? process.exitValue() : -1, Files.readString(printed, StandardCharsets.UTF_8));
        } catch (IOException e) {
            return new Output(-1, String.valueOf(e.getMessage()));
        } finally {
            Files.deleteIfExists(printed);
        }
    }
}
