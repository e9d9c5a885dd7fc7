package dev.weft.it.demo;

import com.google.gson.JsonObject;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Hashing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Which code the demo's training is, and what it runs in. */
record Code(String digest, String environment) {

    /** The commit of the checkout where git knows one; else a digest of the training's own class. */
    static Code ofThisCheckout() {
        String environment = "java " + System.getProperty("java.version") + " " + System.getProperty("java.vendor")
                + " " + System.getProperty("os.name") + " " + System.getProperty("os.arch");
        return new Code(commit().map(commit -> "git-sha1:" + commit).orElseGet(Code::classDigest), sha256(environment));
    }

    static String sha256(String text) {
        return sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    static String sha256(byte[] bytes) {
        return ContentDigest.sha256(Hashing.sha256(bytes)).toString();
    }

    /** The external id of a member's record of the code. */
    String id(String member) {
        return "code at " + member;
    }

    /** The external id of a member's record of its environment. */
    String environmentId(String member) {
        return "environment at " + member;
    }

    JsonObject codeRecord(String member) {
        return Json.object(
                "kind", "code", "externalId", id(member), "name", "federated-logistic-regression", "digest", digest);
    }

    JsonObject environmentRecord(String member) {
        return Json.object(
                "kind",
                "environment",
                "externalId",
                environmentId(member),
                "name",
                "workstation of " + member,
                "digest",
                environment,
                "interpreter",
                "Java Runtime " + System.getProperty("java.version"),
                "packages",
                List.of("dev.weft.it.training"));
    }

    private static Optional<String> commit() {
        try {
            Process git = new ProcessBuilder("git", "rev-parse", "HEAD")
                    .redirectErrorStream(true)
                    .start();
            String commit = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor(10, TimeUnit.SECONDS) && git.exitValue() == 0 && commit.matches("[0-9a-f]{40}")
                    ? Optional.of(commit)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // no git here
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static String classDigest() {
        try (InputStream in = Code.class.getResourceAsStream("/dev/weft/it/training/LocalTraining.class")) {
            return in == null ? sha256("dev.weft.it.training") : sha256(in.readAllBytes());
        } catch (IOException e) {
            return sha256("dev.weft.it.training");
        }
    }
}
