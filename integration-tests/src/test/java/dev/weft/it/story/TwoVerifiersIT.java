package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import dev.weft.it.federation.Distribution;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.bundle.BundleVerifier;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an author, an auditor or a disk can bring about that no honest program does, both verifiers judge alike. */
@Tag("interop")
class TwoVerifiersIT {
    @TempDir
    private Path dir;

    private final SignedBundle signed;

    TwoVerifiersIT() throws VerificationException {
        signed = new SignedBundle();
    }

    private byte[] good() throws IOException {
        return signed.ending(OddStatements.plain(signed.header()));
    }

    @Test
    void oddStatementsThatAreProperlySigned_haveOneVerdict() throws Exception {
        Python python = Python.find();
        Map<String, OddStatements.Odd> all = OddStatements.under(signed.header());
        Map<String, String> own = new TreeMap<>();
        for (Map.Entry<String, OddStatements.Odd> odd : all.entrySet()) {
            byte[] bundle = signed.ending(odd.getValue().payload());
            Files.write(dir.resolve(odd.getKey()), bundle);
            own.put(odd.getKey(), reason(BundleVerifier.withoutPolicy(), bundle));
        }
        Map<String, String> other = reasons(python.run("judge.py", dir.toString()));
        List<String> wrong = new ArrayList<>();
        all.forEach((name, odd) -> {
            if (!odd.reason().equals(own.get(name)) || !odd.reason().equals(other.get(name))) {
                wrong.add(name + ": '" + odd.reason() + "', here '" + own.get(name) + "', there '" + other.get(name)
                        + "'");
            }
        });
        assertThat(wrong).isEmpty();
    }

    @Test
    void oddPolicies_areUsedByBothOrByNone() throws Exception {
        Python python = Python.find();
        Map<String, OddPolicies.Odd> all = OddPolicies.around(signed.policy(true));
        byte[] bundle = good();
        Path policies = Files.createDirectory(dir.resolve("policies"));
        Map<String, String> own = new TreeMap<>();
        for (Map.Entry<String, OddPolicies.Odd> odd : all.entrySet()) {
            ByteString file = odd.getValue().file();
            Files.write(policies.resolve(odd.getKey()), file.toByteArray());
            own.put(odd.getKey(), reason(file, bundle));
        }
        Path judged = Files.write(dir.resolve("bundle.zip"), bundle);
        assertThat(reasons(python.run("judge.py", policies.toString(), judged.toString())))
                .isEqualTo(own);
        Map<String, Boolean> usable = new TreeMap<>();
        own.forEach((name, reason) -> usable.put(name, reason.isEmpty()));
        Map<String, Boolean> expected = new TreeMap<>();
        all.forEach((name, odd) -> expected.put(name, odd.usable()));
        assertThat(usable).isEqualTo(expected);
    }

    @Test
    void commandLines_exitAlikeAndTellTheSame() throws Exception {
        Python python = Python.find();
        Distribution distribution = Distribution.find();
        byte[] good = good();
        byte[] flipped = good.clone();
        flipped[0] ^= 1;
        String bundle = file("good.zip", good);
        String none = dir.resolve("none").toString();
        String witnessed = file("witnessed", signed.policy(true).getBytes(StandardCharsets.UTF_8));
        String unwitnessed = file("unwitnessed", signed.policy(false).getBytes(StandardCharsets.UTF_8));
        String odd = file("odd", signed.policy(true).replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
        Map<List<String>, Integer> expected = new LinkedHashMap<>();
        expected.put(List.of(bundle), 0);
        expected.put(List.of(bundle, "--policy", witnessed), 0);
        expected.put(List.of(bundle, "--policy", unwitnessed), 0);
        expected.put(List.of(file("flipped.zip", flipped)), 1);
        expected.put(
                List.of(
                        file(
                                "later.zip",
                                ("P" + new String(good, StandardCharsets.ISO_8859_1))
                                        .getBytes(StandardCharsets.ISO_8859_1)),
                        "--policy",
                        witnessed),
                1);
        expected.put(List.of(file("three.zip", Arrays.copyOf(good, 3))), 1);
        expected.put(List.of(file("empty.zip", new byte[0])), 1);
        expected.put(List.of(file("letter", "Dear auditor".getBytes(StandardCharsets.UTF_8))), 1);
        expected.put(List.of(file("null.zip", odd("null"))), 1);
        expected.put(List.of(bundle, "--policy", odd), 2);
        expected.put(List.of(bundle, "--policy", none), 2);
        expected.put(List.of(none), 2);
        expected.put(List.of(dir.toString()), 2);
        expected.forEach((arguments, exitCode) -> {
            String[] given = arguments.toArray(String[]::new);
            ToldVerdict here = ToldVerdict.here(distribution, given);
            assertThat(here.exitCode()).as(arguments.toString()).isEqualTo(exitCode);
            assertThat(ToldVerdict.there(python, given))
                    .as(arguments.toString())
                    .isEqualTo(here);
        });
    }

    private byte[] odd(String name) throws IOException {
        return signed.ending(
                Objects.requireNonNull(OddStatements.under(signed.header()).get(name))
                        .payload());
    }

    private String file(String name, byte[] content) throws IOException {
        return Files.write(dir.resolve(name), content).toString();
    }

    private static String reason(ByteString policy, byte[] bundle) throws IOException {
        try {
            return reason(BundleVerifier.withPolicy(policy), bundle);
        } catch (VerificationException e) {
            return e.reason().code();
        }
    }

    private static String reason(BundleVerifier verifier, byte[] bundle) throws IOException {
        return verifier.verify(new ByteArrayInputStream(bundle))
                .reason()
                .map(Reason::code)
                .orElse("");
    }

    private static Map<String, String> reasons(String printed) {
        JsonObject verdicts = JsonParser.parseString(printed).getAsJsonObject();
        Map<String, String> reasons = new TreeMap<>();
        verdicts.entrySet()
                .forEach(each -> reasons.put(each.getKey(), each.getValue().getAsString()));
        return reasons;
    }
}
