package dev.weft.aggregator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weft.aggregator.Lab;
import dev.weft.aggregator.Site;
import dev.weft.proto.identity.Invitations;
import dev.weft.proto.v1.KeyAlgorithm;
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
        List<String> arguments = new ArrayList<>(List.of("algorithms", "show"));
        arguments.addAll(List.of(more));
        return run(0, arguments.toArray(String[]::new));
    }

    private String run(int expected, String... command) {
        StringWriter said = new StringWriter();
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of("--dir", folder.resolve("federation").toString()));
        int code = Main.commandLine()
                .setOut(new PrintWriter(said))
                .setErr(new PrintWriter(said))
                .execute(arguments.toArray(String[]::new));
        assertThat(code).as(said.toString()).isEqualTo(expected);
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

    @Test
    void aFederation_isFoundedWithIt_andItsInvitationsAskForASecondKey() throws Exception {
        assertThat(run(2, "init", "demo", "--require", "rsa")).contains("'rsa' cannot be required");
        assertThat(run(0, "init", "demo", "--require", "ml-dsa-44")).contains("root-second.key");
        assertThat(show()).contains("required  ed25519, ml-dsa-44, by genesis");
        String text = run(0, "invite", "anna", "--role", "site").strip();
        assertThat(Invitations.read(Invitations.parse(text)).getSecond()).isEqualTo(KeyAlgorithm.ML_DSA_44);
    }

    @Test
    void itIsRequired_onceNobodyIsMissing() throws Exception {
        try (Lab lab = new Lab(folder.resolve("federation"))) {
            Site anna = lab.join("anna");
            lab.stop();
            assertThat(run(1, "algorithms", "require", "ml-dsa-44")).contains("anna", "key rotate second");
            lab.restart();
            lab.append(anna.enrolment());
        }
        assertThat(run(0, "algorithms", "require", "ml-dsa-44")).contains("ml-dsa-44 required", "at entry 3");
        assertThat(show()).contains("ed25519, ml-dsa-44, the second since entry 3");
        assertThat(run(1, "algorithms", "require", "ml-dsa-44")).contains("required since entry 3");
    }
}
