package dev.weft.aggregator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weft.aggregator.Lab;
import dev.weft.aggregator.Site;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator sees who has not enrolled a second key yet. */
final class AlgorithmsCommandTest {
    @TempDir
    private Path folder;

    private String show(String... more) {
        StringWriter said = new StringWriter();
        List<String> arguments = new ArrayList<>(List.of(
                "algorithms", "show", "--dir", folder.resolve("federation").toString()));
        arguments.addAll(List.of(more));
        int code = Main.commandLine()
                .setOut(new PrintWriter(said))
                .setErr(new PrintWriter(said))
                .execute(arguments.toArray(String[]::new));
        assertThat(code).as(said.toString()).isZero();
        return said.toString();
    }

    private JsonObject second() {
        return JsonParser.parseString(show("--json")).getAsJsonObject().getAsJsonObject("second");
    }

    @Test
    void whoHasNotEnrolled_isNamed_andTheRevokedAreNot() throws Exception {
        try (Lab lab = new Lab(folder.resolve("federation"))) {
            Site anna = lab.join("anna");
            lab.join("bert");
            lab.join("carl");
            lab.revoke("carl");
            lab.append(anna.enrolment());
        }
        assertThat(show())
                .contains("required  ed25519, by genesis", "enrolled by 1 of 2", "missing   bert: ")
                .doesNotContain("anna", "carl");
        assertThat(second().get("enrolled").getAsInt()).isEqualTo(1);
        assertThat(second().getAsJsonArray("missing").toString()).isEqualTo("[\"bert\"]");
    }

    @Test
    void whereAllHaveEnrolled_nobodyIsMissing() throws Exception {
        try (Lab lab = new Lab(folder.resolve("federation"))) {
            lab.append(lab.join("anna").enrolment());
        }
        assertThat(show()).contains("enrolled by 1 of 1").doesNotContain("missing");
        assertThat(second().getAsJsonArray("missing")).isEmpty();
    }
}
