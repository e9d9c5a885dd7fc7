package dev.weft.it.demo;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weft.it.federation.Command;
import dev.weft.it.federation.SiteNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The final model's history as one file, checked by a process that knows nothing of this federation. */
final class OfflineAudit {
    private OfflineAudit() {}

    /** Where the audit bundle of the final model lies. */
    static Path bundle(Study study) {
        return study.options().dir().resolve("audit").resolve("final-model.zip").toAbsolutePath();
    }

    /** Where the policy lies by which it is judged. */
    static Path policy(Study study) {
        return bundle(study).resolveSibling("policy");
    }

    static Check check(Study study) throws IOException {
        SiteNode coordinator = study.federation().node("coordinator");
        Path bundle = bundle(study);
        Files.createDirectories(study.options().dir().resolve("audit"));
        String policy = policy(study).toString();
        Files.writeString(policy(study), study.federation().aggregatorCommand("audit", "policy"));
        coordinator.command(
                "audit", "export", "--model", study.finalModel(), "--policy", policy, "-o", bundle.toString());
        Command verified = coordinator.elsewhere(
                bundle.resolveSibling("nowhere"), "verify", bundle.toString(), "--policy", policy, "--json");
        JsonObject verdict = JsonParser.parseString(verified.output()).getAsJsonObject();
        String size = verdict.getAsJsonObject("checkpoint").get("size").getAsString();
        return new Check(
                "bundle-verifies-offline",
                verified.exitCode() == 0,
                Files.size(bundle) + " bytes, at the checkpoint of size " + size + ", by a fresh process: "
                        + verdict.get("detail").getAsString());
    }
}
