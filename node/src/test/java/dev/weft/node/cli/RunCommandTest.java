package dev.weft.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weft.node.http.RunningNode;
import dev.weft.proto.digest.Hashing;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {
    @TempDir
    Path work;

    private Path home;
    private RunningNode node;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void start() throws Exception {
        home = Files.createDirectories(work.resolve("node"));
        node = new RunningNode(home);
        Files.writeString(work.resolve("in.csv"), "1,2\n");
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
    }

    private int weft(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        List<String> all = new ArrayList<>(List.of(args[0], "--dir", home.toString()));
        all.addAll(List.of(args).subList(1, args.length));
        Console console = new Console(
                new PrintWriter(out, true), new PrintWriter(err, true), new ByteArrayInputStream(new byte[0]));
        return Main.execute(console, all.toArray(String[]::new));
    }

    private JsonObject only(String kind) {
        out.getBuffer().setLength(0);
        assertThat(Main.execute(
                        new Console(
                                new PrintWriter(out, true),
                                new PrintWriter(err, true),
                                new ByteArrayInputStream(new byte[0])),
                        "local",
                        "list",
                        "--json",
                        "--kind",
                        kind,
                        "--dir",
                        home.toString()))
                .isZero();
        List<JsonElement> records = JsonParser.parseString(out.toString())
                .getAsJsonObject()
                .getAsJsonArray("records")
                .asList();
        assertThat(records).hasSize(1);
        return records.get(0).getAsJsonObject();
    }

    private static String field(JsonObject record, String name) {
        for (JsonElement each : record.getAsJsonArray("fields")) {
            JsonObject field = each.getAsJsonObject();
            if (field.get("name").getAsString().equals(name)) {
                return field.get("value").isJsonPrimitive()
                        ? field.get("value").getAsString()
                        : field.get("value").toString();
            }
        }
        return "";
    }

    private String path(String name) {
        return work.resolve(name).toString();
    }

    @Test
    void commandThatFails_isRecordedWholeAndItsCodeIsPassedOn() {
        String script = "cp '%s' '%s'; echo '{\"loss\": 0.5}' > '%s'; exit 3"
                .formatted(path("in.csv"), path("out/model.pt"), path("metrics.json"));
        assertThat(work.resolve("out").toFile().mkdir()).isTrue();
        int code = weft(
                "run",
                "--input",
                path("in.csv"),
                "--outputs-under",
                path("out"),
                "--metrics",
                path("metrics.json"),
                "--seed",
                "7",
                "--",
                "sh",
                "-c",
                script,
                "--epochs=3",
                "--api-token",
                "hush");
        assertThat(code).as(err.toString()).isEqualTo(3);

        JsonObject run = only("run");
        assertThat(field(run, "command"))
                .contains("sh -c")
                .contains("--api-token ***")
                .doesNotContain("hush");
        assertThat(field(run, "parameter.epochs")).isEqualTo("3");
        assertThat(field(run, "seed")).isEqualTo("7");
        JsonObject dataset = only("dataset");
        assertThat(field(run, "inputs")).isEqualTo("[\"" + dataset.get("record").getAsString() + "\"]");
        assertThat(field(only("model"), "digest")).startsWith("sha256:").isEqualTo(field(dataset, "digest"));
        JsonObject end = only("observation");
        assertThat(field(end, "state")).isEqualTo("failed");
        assertThat(field(end, "exitCode")).isEqualTo("3");
        assertThat(field(end, "metric.loss")).isEqualTo("0.5");
        assertThat(field(end, "field.durationMillis")).matches("[0-9]+");
        assertThat(field(only("environment"), "os")).isNotEmpty();
    }

    @Test
    void inputThatTheCommandWrites_isSaidToHaveChanged() {
        int code = weft("run", "--input", path("in.csv"), "--", "sh", "-c", "echo 3 >> " + path("in.csv"));
        assertThat(code).isZero();
        assertThat(err.toString()).contains("changed while COMMAND ran");
        assertThat(field(only("observation"), "field.inputsThatChanged")).contains("in.csv");
    }

    @Test
    void nodeThatDoesNotAnswer_letsTheCommandRunUnlessFailClosed() throws Exception {
        node.close();
        Path spool = work.resolve("spool.jsonl");
        assertThat(weft("run", "--spool", spool.toString(), "--", "sh", "-c", "touch " + path("ran")))
                .isZero();
        assertThat(work.resolve("ran")).exists();
        assertThat(err.toString()).contains("without being recorded").contains("record --batch");
        Files.delete(work.resolve("ran"));

        assertThat(weft("run", "--fail-closed", "--", "touch", path("ran"))).isEqualTo(Exit.UNREACHABLE);
        assertThat(work.resolve("ran")).doesNotExist();
        assertThat(err.toString()).contains("COMMAND was not started");

        node = new RunningNode(home);
        assertThat(weft("record", "--batch", spool.toString()))
                .as(err.toString())
                .isZero();
        assertThat(field(only("observation"), "state")).isEqualTo("completed");
        assertThat(weft("record", "--batch", spool.toString())).isZero();
        only("run");
    }

    @Test
    void commandThatIsNotThere_is127AndInputThatIsNotThereStartsNothing() {
        assertThat(weft("run", "--", "/no/such/program")).isEqualTo(127);
        assertThat(weft("run", "--input", path("none"), "--", "touch", path("ran")))
                .isEqualTo(Exit.USAGE);
        assertThat(err.toString()).contains("there is no " + path("none"));
        assertThat(work.resolve("ran")).doesNotExist();
    }

    private int local(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        List<String> all = new ArrayList<>(List.of("local"));
        all.addAll(List.of(args));
        all.addAll(List.of("--dir", home.toString()));
        Console console = new Console(
                new PrintWriter(out, true), new PrintWriter(err, true), new ByteArrayInputStream(new byte[0]));
        return Main.execute(console, all.toArray(String[]::new));
    }

    private static String sha256(String text) {
        return "sha256:" + Hashing.sha256(text.getBytes(StandardCharsets.UTF_8)).hex();
    }

    @Test
    void packagesOfARecipe_comeBehindWhatIsMissing() throws Exception {
        Path records = Files.writeString(work.resolve("records"), """
                {"kind":"environment","externalId":"e","name":"e","digest":"%s","packages":["numpy==2.4.0"]}
                {"kind":"run","externalId":"r","step":"train","environment":"e","parameters":{"z":1}}
                """.formatted(sha256("e")));
        assertThat(weft("record", "--batch", records.toString()))
                .as(err.toString())
                .isZero();
        assertThat(local("reproduce", "r")).isZero();
        assertThat(out.toString()).containsSubsequence("parameter z", "Missing:", "package numpy");
    }

    @Test
    void twoRuns_haveRecipesDifferencesAndAState() throws Exception {
        String script = "cat %s > %s".formatted(path("in.csv"), path("out.csv"));
        String[] common = {
            "run", "--input", path("in.csv"), "--output", path("out.csv"), "--", "sh", "-c", script, "--epochs"
        };
        List<String> first = new ArrayList<>(List.of(common));
        first.add("3");
        assertThat(weft(first.toArray(String[]::new))).isZero();
        JsonObject run = only("run");
        String a = run.get("record").getAsString();

        assertThat(local("reproduce", a)).as(err.toString()).isZero();
        assertThat(out.toString())
                .contains("parameter epochs", "input " + path("in.csv"), "output " + path("out.csv"), "exitCode")
                .contains("a seed: chance may end otherwise")
                .doesNotContain("how it ended");
        assertThat(local("check", a)).as(out.toString()).isZero();
        assertThat(out.toString()).contains("same").doesNotContain("changed");

        Files.writeString(work.resolve("in.csv"), "1,2\n3,4\n");
        String was = sha256("1,2\n");
        assertThat(local("check", a)).isEqualTo(Exit.UNVERIFIED);
        assertThat(out.toString()).contains("changed", was, sha256("1,2\n3,4\n"));
        assertThat(local("show", run.get("externalId").getAsString())).isZero();
        assertThat(out.toString()).contains("parameter.epochs", "field.directory");
        assertThat(local("show", was)).as("a dataset by its digest").isZero();
        assertThat(out.toString()).contains("dataset", was);
        Files.delete(work.resolve("out.csv"));
        assertThat(local("check", a)).isEqualTo(Exit.UNVERIFIED);
        assertThat(out.toString()).contains("gone");

        List<String> second = new ArrayList<>(List.of(common));
        second.add("4");
        assertThat(weft(second.toArray(String[]::new))).isZero();
        String b = err.toString().replaceAll("(?s).*recorded as (run:\\S+).*", "$1");
        assertThat(local("diff", a, b)).isEqualTo(Exit.UNVERIFIED);
        assertThat(out.toString())
                .contains("parameter epochs", "input " + path("in.csv"), "output " + path("out.csv"))
                .doesNotContain("exitCode")
                .doesNotContain("directory");
        assertThat(local("diff", a, a)).isZero();
        assertThat(local("reproduce", run.get("record").getAsInt() - 1 + "")).isEqualTo(Exit.USAGE);
        assertThat(err.toString()).contains("name a run");
    }

    @Test
    void hostileOutput_isHashedByItsBytesAndTheCommandsEndIsRecorded() throws Exception {
        String header = "{'descr': '<f4', 'fortran_order': True, 'shape': (4611686018427387904, 1), }";
        String start = "\u0093NUMPY\u0001\0" + (char) (header.length() + 1) + "\0" + header + "\n";
        Files.write(work.resolve("m.npy"), start.getBytes(StandardCharsets.ISO_8859_1));
        String[] run = {"run", "--input", path("m.npy"), "--output", path("m.npy"), "--metrics", "/dev/zero"};
        List<String> all = new ArrayList<>(List.of(run));
        all.addAll(List.of("--env", "PATH", "--", "sh", "-c", "exit 5"));

        assertThat(weft(all.toArray(String[]::new))).as(err.toString()).isEqualTo(5);
        assertThat(err.toString()).contains("/dev/zero is no regular file");
        assertThat(field(only("observation"), "exitCode")).isEqualTo("5");
    }
}
