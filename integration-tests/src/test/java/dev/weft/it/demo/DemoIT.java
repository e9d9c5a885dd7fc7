package dev.weft.it.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weft.it.federation.Distribution;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The demo itself, and the file that it writes for programs. */
class DemoIT {

    @TempDir
    private Path dir;

    @Test
    void quickDemo_holdsAndSaysSoToPeopleAndPrograms() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Path file = dir.resolve("demo.json");
        Terminal terminal = new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), false);
        int exitCode = new CommandLine(new Demo(terminal, new Stop(terminal)))
                .execute("--quick", "--dir", dir.resolve("all").toString(), "--json", file.toString());
        String told = out.toString(StandardCharsets.UTF_8);
        assertThat(exitCode).as(told).isZero();
        assertThat(told).contains("The rounds", "Checked", "holds  sovereignty").doesNotContain("\u001b[");

        JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        assertThat(json.keySet())
                .contains("rounds", "checks", "impact", "sovereignty", "processes", "finalModel", "seconds")
                .contains("bundle", "policy");
        assertThat(Path.of(json.get("bundle").getAsString())).isRegularFile();
        assertThat(Path.of(json.get("policy").getAsString())).isRegularFile();
        assertThat(json.getAsJsonArray("rounds")).hasSize(2).allSatisfy(DemoIT::round);
        assertThat(json.getAsJsonArray("checks"))
                .hasSize(11)
                .allSatisfy(
                        check -> assertThat(check.getAsJsonObject().get("holds").getAsBoolean())
                                .isTrue());
        assertThat(json.getAsJsonObject("impact").get("firstRound").getAsInt()).isEqualTo(2);
        JsonObject sovereignty = json.getAsJsonObject("sovereignty");
        assertThat(sovereignty.get("found").getAsInt()).isZero();
        assertThat(sovereignty.get("controlsFound")).isEqualTo(sovereignty.get("controls"));
        noProcessSurvives(json);
    }

    @Test
    void foreignDirectory_isNotCleared() throws Exception {
        Path own = Files.writeString(dir.resolve("mine.txt"), "mine");
        int exitCode = new CommandLine(new Demo(Terminal.silent(), new Stop(Terminal.silent())))
                .execute("--dir", dir.toString());
        assertThat(exitCode).isEqualTo(2);
        assertThat(own).hasContent("mine");
    }

    @Test
    void placeForTheReportThatIsNotThere_isRefusedBeforeAnythingRuns() {
        int exitCode = new CommandLine(new Demo(Terminal.silent(), new Stop(Terminal.silent())))
                .execute("--json", dir.resolve("nowhere").resolve("demo.json").toString());
        assertThat(exitCode).isEqualTo(2);
    }

    /** Ctrl-C reaches the whole process group. SIGTERM stands for it: a shell's background job ignores SIGINT. */
    @Test
    void stopInTheMiddle_saysSoAndLeavesNoProcess() throws Exception {
        Path all = dir.resolve("all");
        Process demo = new ProcessBuilder(
                        "setsid",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dweft.checkout=" + Distribution.checkout(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Demo.class.getName(),
                        "--quick",
                        "--dir",
                        all.toString())
                .redirectErrorStream(true)
                .start();
        StringBuilder told = new StringBuilder();
        try (BufferedReader out = demo.inputReader(StandardCharsets.UTF_8)) {
            String line;
            while ((line = out.readLine()) != null) {
                told.append(line).append('\n');
                if (line.contains("weft-node ready")) {
                    assertThat(new ProcessBuilder("kill", "-TERM", "--", "-" + demo.pid())
                                    .start()
                                    .waitFor())
                            .isZero();
                }
            }
        }
        assertThat(demo.waitFor()).as(told.toString()).isEqualTo(128 + 15);
        assertThat(told).contains("stopped").doesNotContain("failed", "Exception");
        assertThat(ProcessHandle.allProcesses()
                        .filter(process ->
                                process.info().commandLine().orElse("").contains(all.toString())))
                .isEmpty();
    }

    private static void round(JsonElement element) {
        JsonObject round = element.getAsJsonObject();
        assertThat(round.keySet())
                .contains("round", "expected", "contributed", "inputModel", "outputModel", "logIndexes");
        assertThat(round.getAsJsonArray("expected")).hasSize(3);
        assertThat(round.getAsJsonArray("contributed")).isEqualTo(round.getAsJsonArray("expected"));
        // register, open, three times started, contribution and evaluation, a part and the close
        assertThat(round.getAsJsonArray("logIndexes").size()).isGreaterThanOrEqualTo(10);
    }

    private static void noProcessSurvives(JsonObject json) {
        List<String> names = new ArrayList<>();
        json.getAsJsonArray("processes").forEach(each -> {
            JsonObject process = each.getAsJsonObject();
            names.add(process.get("name").getAsString());
            assertThat(ProcessHandle.of(process.get("pid").getAsLong()).filter(ProcessHandle::isAlive))
                    .as(process.toString())
                    .isEmpty();
        });
        assertThat(names).containsExactly("aggregator", "coordinator", "hospital-a", "hospital-b", "hospital-c");
    }
}
