package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import dev.weft.it.demo.PlayedDemo;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Distribution;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.RefusedException;
import dev.weft.it.federation.Route;
import dev.weft.it.federation.Seat;
import dev.weft.it.federation.SiteNode;
import dev.weft.proto.Reason;
import dev.weft.proto.bundle.BundleVerdict;
import dev.weft.proto.bundle.BundleVerifier;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
            compared += judge(python, bundle, policy, differences).size();
            String[] asked = {bundle.toString(), "--policy", policy.toString()};
            assertThat(ToldVerdict.there(python, asked)).isEqualTo(ToldVerdict.here(Distribution.find(), asked));
        }
        assertThat(differences).isEmpty();
        assertThat(compared).isGreaterThan(400);
    }

    @Test
    void secondSignatures_areJudgedAlike_strippedWrongOrTooEarly() throws IOException {
        Python python = Python.find();
        Path home = PlayedStudy.directory("required");
        try (Federation federation = Federation.create(home, "required", Distribution.find(), Route.DIRECT)) {
            SiteNode coordinator =
                    federation.admit(List.of(Seat.coordinator("coordinator"))).get(0);
            SmallFederation.awaitDurable(
                    coordinator, SmallFederation.register(coordinator.client()).statement());
            coordinator.daemon().stop();
            coordinator.command("key", "rotate", "second");
            coordinator.daemon().start();
            Await.until(
                    "the second key in the log",
                    SmallFederation.LIMIT,
                    () -> federation.aggregatorCommand("algorithms", "show").contains("enrolled by 1 of 1"));
            federation.aggregatorCommand("algorithms", "require", "ml-dsa-44");
            Await.until(
                    "the node that starts anew",
                    SmallFederation.LIMIT,
                    () -> coordinator.daemon().log().contains("root requires second signatures"));
            SmallFederation.awaitDurable(
                    coordinator,
                    Await.value("a statement under it", SmallFederation.LIMIT, () -> registered(coordinator)));
            Path bundle = dir.resolve("required.zip");
            coordinator.command("audit", "export", "--member", "coordinator", "-o", bundle.toString());
            Path policy = Files.writeString(dir.resolve("policy"), coordinator.command("audit", "policy"));
            List<String> differences = new ArrayList<>();
            Set<String> judged = judge(python, bundle, policy, differences);
            assertThat(differences).isEmpty();
            assertThat(judged)
                    .contains("checkpoint-second-stripped", "checkpoint-second-wrong", "second-0-too-early")
                    .anyMatch(name -> name.endsWith("-second-stripped") && name.startsWith("entry-"))
                    .anyMatch(name -> name.endsWith("-second-wrong") && name.startsWith("entry-"));
        }
    }

    private static Optional<String> registered(SiteNode node) {
        try {
            return Optional.of(SmallFederation.register(node.client()).statement());
        } catch (RefusedException | UncheckedIOException e) {
            return Optional.empty(); // between two starts of its own
        }
    }

    /** The names of the bundles that both have judged; where they differ is added. */
    private static Set<String> judge(Python python, Path bundle, Path policy, List<String> differences)
            throws IOException {
        Path mutants = bundle.resolveSibling(bundle.getFileName() + ".mutants");
        assertThat(python.run("mutants.py", bundle.toString(), mutants.toString(), "--policy", policy.toString()))
                .contains("held: good");
        JsonObject verdicts = JsonParser.parseString(Files.readString(mutants.resolve("verdicts.json")))
                .getAsJsonObject();
        for (Map.Entry<String, JsonElement> each : verdicts.entrySet()) {
            BundleVerdict own = verify(mutants.resolve(each.getKey() + ".zip"), policy);
            compare(
                    bundle.getFileName() + "/" + each.getKey(),
                    own,
                    each.getValue().getAsJsonObject(),
                    differences);
        }
        return verdicts.keySet();
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
        // What is damaged in one place has one reason; about second signatures both say the same.
        boolean sameReason = !name.contains("second-")
                || own.reason()
                        .map(Reason::code)
                        .orElse("")
                        .equals(other.get("reason").getAsString());
        if (holds != own.holds() || !sameReason) {
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
