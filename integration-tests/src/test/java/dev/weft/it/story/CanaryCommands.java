package dev.weft.it.story;

import dev.weft.it.federation.Distribution;
import dev.weft.it.federation.SiteNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Tools on the command line of a site, in a Git working tree of one who has a name: DVC's files, and commands that run. */
final class CanaryCommands {

    private CanaryCommands() {}

    /** A working tree with a commit; author, remote host and files are canaries. */
    static Path repository(Path dir, Canaries some) throws IOException, InterruptedException {
        Path root = Files.createDirectories(dir.resolve("repository"));
        git(root, "init", "--quiet");
        git(root, "config", "user.name", some.user());
        git(root, "config", "user.email", some.user() + "@" + some.host());
        git(root, "remote", "add", "origin", "https://" + some.host() + some.path());
        for (int n = 0; n < 20; n++) {
            String name = some.path().substring(1);
            Path file = root.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, some.patient() + "," + some.small() + "\n");
        }
        git(root, "add", "--all");
        git(root, "commit", "--quiet", "--message", some.remark());
        return root;
    }

    private static void git(Path root, String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("git"));
        line.addAll(List.of(arguments));
        succeed(root, line);
    }

    private static void succeed(Path root, List<String> line) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(line)
                .directory(root.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0 || said.contains("not recorded")) {
            throw new IllegalStateException(line.get(0) + " " + line.get(1) + ": " + said);
        }
    }

    /** A lock file of stages, 9 canaries each. The runs' ids are what DVC's reader makes of them. */
    static void dvc(SiteNode node, Path root, Canaries some, int stages) throws IOException {
        Files.createDirectories(root.resolve(".dvc"));
        StringBuilder lock = new StringBuilder("schema: '2.0'\nstages:\n");
        for (int n = 0; n < stages; n++) {
            lock.append("""
                      s%d-%s:
                        cmd: python train.py --cohort %s %s
                        deps:
                        - path: %s
                          etag: %s
                          size: %d
                        params:
                          params.yaml:
                            few: %d
                            rate: %s
                        outs:
                        - path: %s
                          etag: e%d
                    """.formatted(
                            n,
                            some.user(),
                            some.patient(),
                            some.path(),
                            some.path(),
                            some.patient(),
                            some.small(),
                            some.small(),
                            some.metric(),
                            some.path(),
                            n));
        }
        Files.writeString(root.resolve("dvc.lock"), lock.toString());
        node.command("import", "dvc", root.toString());
    }

    /** A command with many options; inputs and outputs, metrics and a variable are canaries too. */
    static void command(SiteNode node, Path root, Canaries some, int options) throws IOException, InterruptedException {
        Path input = Files.createDirectories(root.resolve(some.user())).resolve(some.patient() + ".csv");
        Files.writeString(input, some.remark() + "\n" + some.small());
        Path metrics = root.resolve("metrics-" + some.user() + ".json");
        Files.writeString(metrics, "{\"auc\": " + some.metric() + ", \"cases\": " + some.small() + "}");
        List<String> line = new ArrayList<>(List.of(
                Distribution.checkout()
                        .resolve("node/target/weft-node/bin/weft-node")
                        .toString(),
                "run",
                "--dir",
                node.dir().toString(),
                "--code",
                root.toString(),
                "--input",
                input.toString(),
                "--output",
                input.toString(),
                "--metrics",
                metrics.toString(),
                "--container-image",
                some.host() + "/image",
                "--param",
                "host=" + some.host(),
                "--seed",
                Integer.toString(some.small()),
                "--",
                "true"));
        for (int n = 0; n < options; n++) {
            String value = switch (n % 5) {
                case 0 -> some.patient();
                case 1 -> some.path();
                case 2 -> some.remark();
                case 3 -> Integer.toString(some.small());
                default -> Double.toString(some.metric());
            };
            line.add("--option-" + n + "=" + value);
        }
        succeed(root, line);
    }
}
