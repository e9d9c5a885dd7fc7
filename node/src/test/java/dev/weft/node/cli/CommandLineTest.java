package dev.weft.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineTest {
    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        Console console = new Console(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                new ByteArrayInputStream("{}".getBytes(StandardCharsets.UTF_8)));
        return Main.execute(console, args);
    }

    private String dir() {
        return directory.toString();
    }

    @Test
    void help_namesEveryCommandAndExitCode() {
        assertThat(run("--help")).isEqualTo(Exit.OK);
        assertThat(out.toString())
                .contains("join", "serve", "status", "record", "round", "release", "local", "ask", "token")
                .contains("backup", "doctor", "config", "nobody answers");
    }

    @Test
    void wrongUse_exitsWithTwoAndSaysWhatIsThere() {
        assertThat(run("nonsense")).isEqualTo(Exit.USAGE);
        assertThat(err.toString()).contains("nonsense");
        assertThat(run("round")).isEqualTo(Exit.USAGE);
        assertThat(err.toString()).contains("register, open, close, show, list");
        assertThat(run("token", "add", "maria")).isEqualTo(Exit.USAGE);
        assertThat(err.toString()).contains("--scope");
        assertThat(run("token", "add", "maria", "--scope", "all", "--dir", dir()))
                .isEqualTo(Exit.USAGE);
        assertThat(err.toString()).contains("capture, read, steward, admin");
        assertThat(run("release", "approve", "one")).isEqualTo(Exit.USAGE);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void nodeThatDoesNotRun_isUnreachableAndTheSentenceSaysHowToStartIt() {
        for (List<String> command : List.of(
                List.of("status"),
                List.of("record", "-"),
                List.of("round", "list"),
                List.of("release", "list"),
                List.of("local", "list"),
                List.of("ask", "search", "x"),
                List.of("token", "list"))) {
            String[] args = new java.util.ArrayList<>(command) {
                private static final long serialVersionUID = 1L;

                {
                    add("--dir");
                    add(dir());
                }
            }.toArray(String[]::new);
            assertThat(run(args)).as("%s", command).isEqualTo(Exit.UNREACHABLE);
            assertThat(err.toString()).contains("weft-node serve --dir " + dir());
        }
    }

    @Test
    void directoryThatIsNotThere_isNotFound() {
        for (String command : List.of("status", "recover")) {
            err.getBuffer().setLength(0);
            assertThat(run(command, "--dir", directory.resolve("none").toString()))
                    .as(command)
                    .isEqualTo(Exit.NOT_FOUND);
            assertThat(err.toString()).as(command).contains("weft-node join");
        }
    }

    @Test
    void directoryWithoutMembership_isRefusedToServe() {
        assertThat(run("serve", "--dir", dir())).isEqualTo(Exit.USAGE);
        assertThat(err.toString()).contains("weft-node join INVITATION").contains("not-enrolled");
        assertThat(run("token", "add", "maria", "--scope", "read", "--dir", dir()))
                .isEqualTo(Exit.USAGE);
        assertThat(directory.resolve("node.db")).doesNotExist();
    }

    @Test
    void invitationThatIsNone_isSaid() throws Exception {
        assertThat(run("join", "nothing", "--dir", dir())).isEqualTo(Exit.USAGE);
        assertThat(err.toString()).contains("neither an invitation");
        Path file = Files.writeString(directory.resolve("invitation"), "weft-invitation-v1.AAAA");
        assertThat(run(
                        "join",
                        file.toString(),
                        "--dir",
                        directory.resolve("new").toString()))
                .isNotZero();
        assertThat(directory.resolve("new").resolve("identity.json")).doesNotExist();
    }

    @Test
    void config_showsValuesWithTheirOrigin() throws Exception {
        Files.writeString(directory.resolve("node.properties"), "delivery.window = 9\n");
        assertThat(run("config", "show", "--dir", dir(), "--set", "http.threads=5"))
                .isEqualTo(Exit.OK);
        assertThat(out.toString()).containsPattern("delivery.window +9 +file").containsPattern("http.threads +5 +flag");
        assertThat(run("config", "show", "--dir", dir(), "--json")).isEqualTo(Exit.OK);
        assertThat(JsonParser.parseString(out.toString()).getAsJsonObject().has("settings"))
                .isTrue();
    }

    @Test
    void unknownSetting_exitsWithTwoAndTheNearest() {
        assertThat(run("config", "show", "--dir", dir(), "--set", "http.adress=x"))
                .isEqualTo(Exit.USAGE);
        assertThat(err.toString()).contains("did you mean 'http.address'?");
    }

    @Test
    void doctor_saysWhatIsMissing() {
        assertThat(run("doctor", "--dir", dir())).isEqualTo(Exit.UNVERIFIED);
        assertThat(out.toString()).contains("broken").contains("weft-node join");
    }

    @Test
    void table_alignsItsColumns() {
        Console console = new Console(
                new PrintWriter(out, true), new PrintWriter(err, true), new ByteArrayInputStream(new byte[0]));
        console.table(List.of("a", "bbb"), List.of(List.of("long", "x"), List.of("", "y")));
        assertThat(out.toString().lines()).containsExactly("a     bbb", "long  x", "      y");
    }
}
