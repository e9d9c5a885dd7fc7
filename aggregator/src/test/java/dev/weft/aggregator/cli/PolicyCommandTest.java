package dev.weft.aggregator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weft.aggregator.Lab;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.note.NoteVerifier;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The operator names the witnesses, and is told what that is worth. */
final class PolicyCommandTest {
    private static final String OUTSIDE = NoteVerifier.cosigner(
                    "witness.example/w1",
                    SigningKey.generate(new SecureRandom()).verifyingKey())
            .vkey();

    @TempDir
    Path folder;

    private record Ran(int code, String said) {}

    private static Ran run(String... arguments) {
        StringWriter said = new StringWriter();
        int code = Main.commandLine()
                .setOut(new PrintWriter(said))
                .setErr(new PrintWriter(said))
                .execute(arguments);
        return new Ran(code, said.toString());
    }

    private String federation(String... members) throws Exception {
        Path directory = folder.resolve("federation");
        try (Lab lab = new Lab(directory)) {
            for (String member : members) {
                lab.join(member);
            }
        }
        return directory.toString();
    }

    private String file(String... lines) throws Exception {
        return Files.writeString(folder.resolve("policy"), String.join("\n", lines) + "\n")
                .toString();
    }

    private static JsonObject shown(String directory) {
        Ran ran = run("policy", "show", "--json", "--dir", directory);
        return JsonParser.parseString(ran.said())
                .getAsJsonObject()
                .getAsJsonArray("policies")
                .get(0)
                .getAsJsonObject();
    }

    @Test
    void federationWithoutPolicy_saysThatNothingIsFinal() throws Exception {
        assertThat(run("policy", "show", "--dir", federation()).said()).contains("no witness policy");
    }

    @ParameterizedTest
    @CsvSource({"1,1,0", "2,2,0", "3,2,0", "4,3,1", "5,4,1", "7,5,2"})
    void suggestion_isTakenAsItIs_andWarnsWhereNobodyDishonestIsTolerated(int n, int k, int f) throws Exception {
        String[] members = new String[n];
        for (int i = 0; i < n; i++) {
            members[i] = "site-" + i;
        }
        String directory = federation(members);
        Ran suggested = run("policy", "suggest", "--dir", directory);
        assertThat(suggested.code()).isZero();
        Ran set = run("policy", "set", file(suggested.said()), "--dir", directory);
        assertThat(set.said()).contains("stated");
        assertThat(set.said().contains("tolerates no dishonest witness")).isEqualTo(f == 0);
        assertThat(set.code()).isZero();
        JsonObject policy = shown(directory);
        assertThat(policy.get("k").getAsInt()).isEqualTo(k);
        assertThat(policy.get("f").getAsInt()).isEqualTo(f);
        assertThat(policy.getAsJsonArray("witnesses")).hasSize(n);
    }

    @Test
    void outsideWitness_isNamedByItsKey() throws Exception {
        String directory = federation("anna", "bert", "carl");
        String file = file(
                "# ours",
                "operator Computing Centre",
                "member anna",
                "member bert Bert's",
                "member carl",
                "witness " + OUTSIDE + " Somebody else");
        assertThat(run("policy", "set", file, "--dir", directory).code()).isZero();
        JsonObject policy = shown(directory);
        assertThat(policy.get("f").getAsInt()).isEqualTo(1);
        assertThat(policy.get("k").getAsInt()).isEqualTo(3);
        assertThat(policy.getAsJsonArray("warnings")).isEmpty();
        assertThat(policy.toString()).contains(OUTSIDE, "Somebody else", "Bert's");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "member nobody|has not joined",
                "member anna;member anna|stands in it twice",
                "member No Name|no member's name",
                "member|needs the name",
                "witness xyz Org|no verifier key",
                "witness|needs a verifier key",
                "members anna|begins with 'members'",
                "member anna;k two|whole number",
                "member anna;k 2|k = 2",
                "member anna;member bert;k 1|k = 1",
                "member anna Org;operator Org|own organisation may not witness",
                "# nothing|names no witness"
            })
    void policyThatCannotBe_isRefusedWithTheReason(String lines, String why) throws Exception {
        String directory = federation("anna", "bert");
        Ran ran = run("policy", "set", file(lines.split(";")), "--dir", directory);
        assertThat(ran.said().strip()).endsWith(" (policy-invalid)").containsIgnoringCase(why);
        assertThat(ran.code()).isEqualTo(1);
        assertThat(run("policy", "show", "--dir", directory).said()).contains("no witness policy");
    }

    @Test
    void policyOfARevokedMember_warns() throws Exception {
        String directory = federation("anna", "bert", "carl");
        assertThat(run("policy", "set", file("member anna", "member bert", "member carl"), "--dir", directory)
                        .code())
                .isZero();
        assertThat(run("revoke", "bert", "--dir", directory).code()).isZero();
        assertThat(run("policy", "show", "--dir", directory).said()).contains("'bert' is revoked");
        Ran again = run("policy", "set", file("member anna", "member bert"), "--dir", directory);
        assertThat(again.said()).contains("'bert' is revoked and cannot witness");
    }
}
