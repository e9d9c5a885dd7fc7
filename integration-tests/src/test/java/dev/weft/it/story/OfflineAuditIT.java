package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weft.it.demo.PlayedDemo;
import dev.weft.it.federation.Command;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.SiteNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An auditor gets one file and a policy, and asks nobody. */
class OfflineAuditIT {
    private final PlayedDemo played = PlayedStudy.get();
    private final Federation federation = played.study().federation();
    private final SiteNode hospital = federation.node("hospital-a");

    @TempDir
    private Path dir;

    private Path checkpoint = Path.of("");
    private Path policy = Path.of("");

    @BeforeEach
    void checkpointAndPolicy() throws IOException {
        String note = hospital.client().checkpoint().get("finalNote").getAsString();
        checkpoint = Files.writeString(dir.resolve("checkpoint"), note);
        policy = Files.writeString(dir.resolve("policy"), hospital.command("audit", "policy"));
    }

    private Path export(String kind, String of) {
        Path bundle = dir.resolve(kind + ".zip");
        hospital.command(
                "audit", "export", "--" + kind, of, "--checkpoint", checkpoint.toString(), "-o", bundle.toString());
        return bundle;
    }

    /** In a directory where no node ever was. */
    private Command verify(Path bundle, String... more) {
        String[] arguments = new String[more.length + 4];
        arguments[0] = "verify";
        arguments[1] = bundle.toString();
        arguments[2] = "--policy";
        arguments[3] = policy.toString();
        System.arraycopy(more, 0, arguments, 4, more.length);
        return hospital.elsewhere(dir.resolve("nowhere"), arguments);
    }

    private static List<Long> entries(JsonObject verdict, String claim) {
        return StreamSupport.stream(verdict.getAsJsonArray("claims").spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .filter(each -> each.get("name").getAsString().equals(claim))
                .flatMap(each ->
                        StreamSupport.stream(each.getAsJsonArray("entries").spliterator(), false))
                .map(JsonElement::getAsLong)
                .toList();
    }

    @Test
    void finalModel_isProvedToSomebodyWhoHasOnlyTheFile() {
        Path bundle = export("model", played.study().finalModel());
        Command told = verify(bundle);
        assertThat(told.exitCode()).as(told.output()).isZero();
        assertThat(told.output())
                .startsWith("HOLDS: The model was made by what 2 rounds")
                .contains("federation", "behind it, said by 'hospital-c': 2 contributions")
                .contains("not proven: That a statement is true")
                .contains("its quorum of witnesses cosigned the checkpoint")
                .doesNotContain("no witness");
        assertThat(dir.resolve("nowhere")).doesNotExist();

        Command json = verify(bundle, "--json");
        JsonObject verdict = JsonParser.parseString(json.output()).getAsJsonObject();
        assertThat(verdict.get("verdict").getAsString()).isEqualTo("holds");
        assertThat(entries(verdict, "lineage")).hasSizeGreaterThanOrEqualTo(2 * (2 + 3));
        assertThat(verdict.getAsJsonObject("checkpoint").get("size").getAsLong())
                .isPositive();
        assertThat(verdict.getAsJsonObject("policy").get("given").getAsBoolean())
                .isTrue();
    }

    @Test
    void nodeAndAggregator_writeTheSameBytes() throws IOException {
        for (String[] question : new String[][] {
            {"model", played.study().finalModel()}, {"round", played.lastRound()}, {"member", "hospital-b"}
        }) {
            Path byNode = export(question[0], question[1]);
            Path byAggregator = dir.resolve(question[0] + "-aggregator.zip");
            federation.aggregatorCommand(
                    "audit",
                    "export",
                    "--" + question[0],
                    question[1],
                    "--checkpoint",
                    checkpoint.toString(),
                    "-o",
                    byAggregator.toString());
            assertThat(Files.mismatch(byNode, byAggregator)).as(question[0]).isEqualTo(-1);
            assertThat(verify(byNode).exitCode()).as(question[0]).isZero();
        }
    }

    @Test
    void changedFileAndForeignPolicy_doNotHold() throws IOException {
        Path bundle = export("round", played.lastRound());
        byte[] bytes = Files.readAllBytes(bundle);
        bytes[bytes.length / 2] ^= 8;
        Files.write(bundle, bytes);
        Command changed = verify(bundle, "--json");
        assertThat(changed.exitCode()).isEqualTo(1);
        assertThat(JsonParser.parseString(changed.output())
                        .getAsJsonObject()
                        .get("verdict")
                        .getAsString())
                .isEqualTo("does-not-hold");

        Path good = export("member", "hospital-a");
        Files.writeString(policy, Files.readString(policy).replace("quorum weft-quorum", "quorum somebody"));
        Command unusable = verify(good);
        assertThat(unusable.exitCode()).as(unusable.output()).isEqualTo(2);
        assertThat(unusable.output()).contains("policy-invalid");
    }

    @Test
    void questionWithoutAnAnswer_leavesNoFile() {
        Path bundle = dir.resolve("none.zip");
        Command told = hospital.tryCommand(
                "audit", "export", "--model", "weft-model-v1:" + "ab".repeat(32), "-o", bundle.toString());
        assertThat(told.exitCode()).as(told.output()).isEqualTo(3);
        assertThat(told.output()).contains("nobody made the model");
        assertThat(dir.resolve("none.zip")).doesNotExist();
        assertThat(dir.resolve("none.zip.partial")).doesNotExist();
    }
}
