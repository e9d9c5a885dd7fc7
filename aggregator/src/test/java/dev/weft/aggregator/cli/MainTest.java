package dev.weft.aggregator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.aggregator.Lab;
import dev.weft.aggregator.db.AggregatorDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What a command line that cannot be done says, and with which code it exits. */
final class MainTest {
    @TempDir
    Path folder;

    private record Ran(int code, String said) {}

    private Ran run(String... arguments) {
        StringWriter said = new StringWriter();
        CommandLine line = Main.commandLine().setOut(new PrintWriter(said)).setErr(new PrintWriter(said));
        int code = line.execute(arguments);
        assertThat(said.toString()).doesNotContain("Exception");
        return new Ran(code, said.toString());
    }

    private String federation() throws Exception {
        Path directory = folder.resolve("federation");
        try (Lab lab = new Lab(directory)) {
            lab.join("anna");
        }
        return directory.toString();
    }

    @Test
    void everyCommand_tellsWhatItDoesWithoutDoingIt() {
        Deque<CommandLine> lines = new ArrayDeque<>(List.of(Main.commandLine()));
        while (!lines.isEmpty()) {
            CommandLine line = lines.remove();
            lines.addAll(line.getSubcommands().values());
            List<String> words = new ArrayList<>(
                    List.of(line.getCommandSpec().qualifiedName().split(" ")));
            words.set(0, "--help");
            Collections.rotate(words, -1);
            Ran ran = run(words.toArray(String[]::new));
            assertThat(ran.code()).as(ran.said()).isZero();
            assertThat(ran.said()).startsWith("Usage: " + line.getCommandSpec().qualifiedName());
        }
    }

    @Test
    void invitationIntoAFileThatExists_saysWhatToDo() throws Exception {
        Path out = Files.createFile(folder.resolve("taken"));
        Ran ran = run("invite", "bert", "--role", "site", "--dir", federation(), "--out", out.toString());
        assertThat(ran.said()).contains(out.toString(), "name another");
        assertThat(ran.code()).isEqualTo(2);
        assertThat(out).isEmptyFile();
    }

    @Test
    void organisationWithAnEscape_isRefused() throws Exception {
        Ran ran = run("invite", "bert", "--role", "site", "--organisation", "Evil\u001b[2J", "--dir", federation());
        assertThat(ran.said()).contains("--organisation", "control character");
        assertThat(ran.code()).isNotZero();
    }

    @Test
    void members_areListedUnderAHeader() throws Exception {
        Ran ran = run("members", "--dir", federation());
        assertThat(ran.said().lines().findFirst().orElse("")).matches("MEMBER +ROLE +STANDING +ENTRY +ORGANISATION");
        assertThat(ran.said()).contains("anna");
        assertThat(ran.code()).isZero();
    }

    @Test
    void revocationWithAKeyThatIsMissing_saysWhatToDo() throws Exception {
        String key = folder.resolve("absent.key").toString();
        Ran ran = run("revoke", "anna", "--dir", federation(), "--root-key", key);
        assertThat(ran.said()).contains(key, "put it back");
        assertThat(ran.code()).isEqualTo(3);
    }

    @Test
    void secondInstance_exitsAsTheNodesDoes() throws Exception {
        Path directory = folder.resolve("held");
        try (Lab lab = new Lab(directory)) {
            Ran ran = run("serve", "--dir", lab.directory().toString());
            assertThat(ran.said()).contains("already-running");
            assertThat(ran.code()).isEqualTo(2);
        }
    }

    @Test
    void rebuild_exitsWithOneWhereTheGraphDiffered() throws Exception {
        String directory = federation();
        assertThat(run("rebuild", "--dir", directory).code()).isZero();
        try (Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + Path.of(directory, AggregatorDatabase.FILE));
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate("INSERT INTO without_effect VALUES (1, 99, 'made up')"))
                    .isEqualTo(1);
        }
        assertThat(run("rebuild", "--dir", directory).code()).isEqualTo(1);
        assertThat(run("rebuild", "--dir", directory).code()).isZero();
    }
}
