package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import dev.weft.it.demo.PlayedDemo;
import dev.weft.it.federation.SiteNode;
import dev.weft.proto.Reason;
import dev.weft.proto.bundle.BundleVerdict;
import dev.weft.proto.bundle.BundleVerifier;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verifier in Python, which shares no code with this one, says the same of every bundle and every mutant of it. */
@Tag("interop")
class SecondVerifierIT {
    @TempDir
    private Path dir;

    @Test
    void publishedVectors_areJudgedAsPublished() {
        Path vectors = Stream.of("../shared/vectors", "../../shared/vectors", "../../../shared/vectors")
                .map(Path::of)
                .filter(Files::isDirectory)
                .findFirst()
                .orElse(Path.of("none"));
        Python python = Python.find();
        python.assume(Files.isDirectory(vectors), "no shared/vectors beside this checkout");
        assertThat(python.run("check_vectors.py", vectors.toString())).contains("all vectors are judged as published");
    }

    @Test
    void bundlesAndTheirMutants_areJudgedAlike() throws IOException {
        Python python = Python.find();
        PlayedDemo played = PlayedStudy.get();
        SiteNode hospital = played.study().federation().node("hospital-a");
        Path policy = Files.writeString(dir.resolve("policy"), hospital.command("audit", "policy"));
        List<String> differences = new ArrayList<>();
        int compared = 0;
        for (String[] question : new String[][] {
            {"model", played.study().finalModel()}, {"round", played.lastRound()}, {"member", "hospital-c"}
        }) {
            Path bundle = dir.resolve(question[0] + ".zip");
            hospital.command("audit", "export", "--" + question[0], question[1], "-o", bundle.toString());
            Path mutants = dir.resolve(question[0]);
            assertThat(python.run("mutants.py", bundle.toString(), mutants.toString(), "--policy", policy.toString()))
                    .contains("held: good");
            JsonObject verdicts = JsonParser.parseString(Files.readString(mutants.resolve("verdicts.json")))
                    .getAsJsonObject();
            for (Map.Entry<String, JsonElement> each : verdicts.entrySet()) {
                BundleVerdict own = verify(mutants.resolve(each.getKey() + ".zip"), policy);
                compare(question[0] + "/" + each.getKey(), own, each.getValue().getAsJsonObject(), differences);
                compared++;
            }
        }
        assertThat(differences).isEmpty();
        assertThat(compared).isGreaterThan(400);
    }

    private static BundleVerdict verify(Path bundle, Path policy) throws IOException {
        try (InputStream in = Files.newInputStream(bundle)) {
            return BundleVerifier.withPolicy(ByteString.copyFrom(Files.readAllBytes(policy)))
                    .verify(in);
        } catch (dev.weft.proto.VerificationException e) {
            throw new AssertionError("the policy could not be read", e);
        }
    }

    /** One verdict; and where it holds, the same claims with the same entries. */
    private static void compare(String name, BundleVerdict own, JsonObject other, List<String> differences) {
        boolean holds = other.get("verdict").getAsString().equals("holds");
        if (holds != own.holds()) {
            differences.add(name + ": " + own.reason().map(Reason::code).orElse("holds") + ", there " + other);
        }
        if (!holds || !own.holds()) {
            return;
        }
        List<String> here = own.claims().stream()
                .map(claim -> claim.name() + claim.holds() + claim.entries())
                .toList();
        List<String> there = other.getAsJsonArray("claims").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .map(claim -> claim.get("name").getAsString()
                        + claim.get("holds").getAsBoolean()
                        + claim.getAsJsonArray("entries").asList())
                .toList();
        if (!here.equals(there)) {
            differences.add(name + ": " + here + ", there " + there);
        }
    }
}
