package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weft.proto.Reason;
import dev.weft.proto.bundle.BundleVerdict;
import dev.weft.proto.bundle.BundleVerifier;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    TwoVerifiersIT() throws Exception {
        signed = new SignedBundle();
    }

    @Test
    void oddStatementsThatAreProperlySigned_haveOneVerdict() throws Exception {
        Python python = Python.find();
        Map<String, OddStatements.Odd> all = OddStatements.under(signed.header());
        Map<String, String> own = new TreeMap<>();
        for (Map.Entry<String, OddStatements.Odd> odd : all.entrySet()) {
            byte[] bundle = signed.ending(odd.getValue().payload());
            Files.write(dir.resolve(odd.getKey()), bundle);
            own.put(odd.getKey(), reason(bundle));
        }
        Map<String, String> other = reasonsOf(python);
        List<String> wrong = new ArrayList<>();
        all.forEach((name, odd) -> {
            if (!odd.reason().equals(own.get(name)) || !odd.reason().equals(other.get(name))) {
                wrong.add(name + ": '" + odd.reason() + "', here '" + own.get(name) + "', there '" + other.get(name)
                        + "'");
            }
        });
        assertThat(wrong).isEmpty();
    }

    private static String reason(byte[] bundle) throws IOException {
        BundleVerdict verdict = BundleVerifier.withoutPolicy().verify(new ByteArrayInputStream(bundle));
        return verdict.reason().map(Reason::code).orElse("");
    }

    /** What the other verifier says of each file of the directory. */
    private Map<String, String> reasonsOf(Python python) {
        JsonObject verdicts =
                JsonParser.parseString(python.run("judge.py", dir.toString())).getAsJsonObject();
        Map<String, String> reasons = new TreeMap<>();
        verdicts.entrySet()
                .forEach(each -> reasons.put(each.getKey(), each.getValue().getAsString()));
        return reasons;
    }
}
