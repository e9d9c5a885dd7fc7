package dev.weft.node.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signed manifests beside and in model folders, and what becomes of them when somebody changes one or the other. */
class ModelManifestTest {

    @TempDir
    Path directory;

    private Path model;

    @BeforeEach
    void lay() throws IOException {
        model = Files.createDirectories(directory.resolve("net"));
        Files.writeString(model.resolve("weights.bin"), "w");
        Files.writeString(Files.createDirectories(model.resolve("sub")).resolve("config.json"), "{}");
        Files.writeString(model.resolve(".gitignore"), "*");
    }

    private static String hex(String text) {
        return Hashing.sha256(text.getBytes(StandardCharsets.UTF_8)).hex();
    }

    private static String resource(String name, String digest) {
        return "{\"name\": \"%s\", \"digest\": \"%s\", \"algorithm\": \"sha256\"}".formatted(name, digest);
    }

    static String bundle(String serialization, List<String> names, List<String> contents) {
        List<String> resources = new ArrayList<>();
        java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
        for (int n = 0; n < names.size(); n++) {
            resources.add(resource(names.get(n), hex(contents.get(n))));
            all.writeBytes(Hashing.sha256(contents.get(n).getBytes(StandardCharsets.UTF_8))
                    .toByteArray());
        }
        String statement =
                """
                {"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://model_signing/signature/v1.0",
                 "subject": [{"name": "net", "digest": {"sha256": "%s"}}],
                 "predicate": {"resources": [%s], "serialization": {%s, "hash_type": "sha256", "allow_symlinks": false}}}
                """.formatted(Hashing.sha256(all.toByteArray()).hex(), String.join(",", resources), serialization);
        return """
                {"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
                 "verificationMaterial": {"publicKey": {"hint": "e845"}, "tlogEntries": []},
                 "dsseEnvelope": {"payloadType": "application/vnd.in-toto+json", "signatures": [{"sig": "MGQC"}],
                  "payload": "%s"}}
                """.formatted(Base64.getEncoder().encodeToString(statement.getBytes(StandardCharsets.UTF_8)));
    }

    private static String good() {
        return bundle("\"method\": \"files\"", List.of("sub/config.json", "weights.bin"), List.of("{}", "w"));
    }

    private JsonObject record(Path path) throws IOException {
        Hasher hasher = new Hasher(HashCache.open(directory.resolve("cache")), InstantSource.system(), Progress.NONE);
        return Artifact.of(new Artifact.Named(Artifact.Kind.MODEL, path), hasher)
                .record("run");
    }

    private String files(Path path) throws IOException {
        JsonObject fields = record(path).getAsJsonObject("fields");
        return fields.has("manifestFiles") ? fields.get("manifestFiles").getAsString() : "none";
    }

    @Test
    void manifestBesideOrWithin_isFoundAndMatched() throws Exception {
        assertThat(files(model)).isEqualTo("none");
        Files.writeString(model.resolve("model.sig"), good());
        JsonObject fields = record(model).getAsJsonObject("fields");
        assertThat(fields.get("manifestFiles").getAsString()).isEqualTo("match");
        assertThat(fields.get("manifestSignature").getAsString()).isEqualTo("not verified");
        assertThat(fields.get("manifestSigner").getAsString()).isEqualTo("key e845");
        Files.move(model.resolve("model.sig"), directory.resolve("net.sig"));
        assertThat(files(model)).isEqualTo("match");
        String before = record(model).get("externalId").getAsString();
        Files.delete(directory.resolve("net.sig"));
        assertThat(record(model).get("externalId").getAsString())
                .as("what is said of it is another record")
                .isNotEqualTo(before);
    }

    @Test
    void changedMissingOrUnlistedFile_isAMismatchThatNamesIt() throws Exception {
        Files.writeString(directory.resolve("net.sig"), good());
        Files.writeString(model.resolve("weights.bin"), "x");
        assertThat(files(model)).isEqualTo("mismatch: weights.bin is another one");
        Files.delete(model.resolve("weights.bin"));
        assertThat(files(model)).isEqualTo("mismatch: weights.bin is missing");
        Files.createSymbolicLink(model.resolve("weights.bin"), Files.writeString(directory.resolve("w"), "w"));
        assertThat(files(model)).isEqualTo("mismatch: weights.bin is a link");
        Files.delete(model.resolve("weights.bin"));
        Files.writeString(model.resolve("weights.bin"), "w");
        Files.writeString(model.resolve("backdoor.py"), "");
        assertThat(files(model)).isEqualTo("mismatch: backdoor.py is not listed");
    }

    @Test
    void fileOfItsOwn_isMatchedUnderEitherName() throws Exception {
        Path file = Files.writeString(directory.resolve("m.bin"), "weights");
        for (String name : List.of("m.bin", ".")) {
            Files.writeString(
                    directory.resolve("m.bin.sig"), bundle("\"method\": \"files\"", List.of(name), List.of("weights")));
            assertThat(files(file)).as(name).isEqualTo("match");
        }
        Files.writeString(directory.resolve("m.bin.sig"), "-----BEGIN PGP SIGNATURE-----");
        assertThat(files(file)).isEqualTo("none");
    }

    @Test
    void shards_haveToCoverTheFile() throws Exception {
        Path file = Files.writeString(directory.resolve("m.bin"), "abcde");
        Path signature = directory.resolve("m.bin.sig");
        String shards = "\"method\": \"shards\", \"shard_size\": 2";
        List<String> names = List.of("m.bin:0:2", "m.bin:2:4", "m.bin:4:5");
        Files.writeString(signature, bundle(shards, names, List.of("ab", "cd", "e")));
        assertThat(files(file)).isEqualTo("match");
        Files.writeString(signature, bundle(shards, names, List.of("ab", "xx", "e")));
        assertThat(files(file)).contains("m.bin:2:4 is another one");
        Files.writeString(signature, bundle(shards, names.subList(0, 2), List.of("ab", "cd")));
        assertThat(files(file)).contains("not covered");
        Files.writeString(signature, bundle(shards, List.of("m.bin:2:4"), List.of("cd")));
        assertThat(files(file)).contains("no next part");
        Files.writeString(signature, bundle(shards, List.of("m.bin:0:9"), List.of("cd")));
        assertThat(files(file)).contains("no next part");
    }

    @Test
    void manifestThatIsNotWellFormed_isSaidAndComparedWithNothing() throws Exception {
        List<String> bad = new ArrayList<>();
        bad.add(good().replace("v0.3+json", "v0.1+json"));
        bad.add(good().replace("\"tlogEntries\": []", "\"x\": []"));
        bad.add(good().replace("application/vnd.in-toto+json", "text/plain"));
        bad.add(good().replace("[{\"sig\": \"MGQC\"}]", "[]"));
        bad.add(good().replace("{\"mediaType\"", "{\"mediaType\": \"a\", \"mediaType\""));
        bad.add(good() + "{}");
        bad.add(good().replace("\"publicKey\"", "\"certificate\""));
        bad.add(bundle("\"method\": \"files\"", List.of("../weights.bin"), List.of("w")));
        bad.add(bundle("\"method\": \"files\"", List.of("/etc/passwd"), List.of("w")));
        bad.add(bundle("\"method\": \"files\"", List.of("a//b"), List.of("w")));
        bad.add(bundle("\"method\": \"files\"", List.of("a", "a"), List.of("w", "w")));
        bad.add(bundle("\"method\": \"files\"", List.of(), List.of()));
        bad.add(bundle("\"method\": \"shards\"", List.of("a:0:1"), List.of("w")));
        bad.add(bundle("\"method\": \"files\", \"more\": 1", List.of("a"), List.of("w")));
        for (String each : bad) {
            Files.writeString(directory.resolve("net.sig"), each);
            assertThat(files(model)).as(each).startsWith("not compared: ");
        }
        JsonObject lie = JsonParser.parseString(good()).getAsJsonObject();
        JsonObject envelope = lie.getAsJsonObject("dsseEnvelope");
        String statement =
                new String(Base64.getDecoder().decode(envelope.get("payload").getAsString()), StandardCharsets.UTF_8);
        envelope.addProperty(
                "payload",
                Base64.getEncoder()
                        .encodeToString(statement.replace(hex("w"), hex("x")).getBytes(StandardCharsets.UTF_8)));
        assertThatThrownBy(() -> ModelManifest.parse(lie.toString()))
                .hasMessageContaining("not the one of its resources");
    }

    @Test
    void anyChangeOfABundle_isReadOrRefused() {
        SplittableRandom random = new SplittableRandom(20_261_129);
        String good = good();
        for (int n = 0; n < 5_000; n++) {
            StringBuilder bad = new StringBuilder(good);
            for (int times = random.nextInt(3); times >= 0; times--) {
                bad.setCharAt(random.nextInt(bad.length()), (char) (32 + random.nextInt(95)));
            }
            try {
                assertThat(ModelManifest.parse(bad.substring(0, random.nextInt(bad.length()) + 1))
                                .resources())
                        .isNotEmpty();
            } catch (VerificationException refused) {
                assertThat(refused.getMessage()).isNotEmpty();
            }
        }
        assertThatThrownBy(() -> ModelManifest.parse("[".repeat(100_000))).isInstanceOf(VerificationException.class);
        assertThatThrownBy(() -> ModelManifest.parse("{\"a\":".repeat(100_000)))
                .isInstanceOf(VerificationException.class);
    }

    private static List<Path> vectors(String folder) throws IOException {
        Path root = Stream.of(System.getProperty("weft.shared"), "../shared", "../../shared")
                .filter(java.util.Objects::nonNull)
                .map(place -> Path.of(place, "samples/ossf-model-signing-spec/test-vectors/v1.0", folder))
                .filter(Files::isDirectory)
                .findFirst()
                .orElseGet(() -> {
                    Assumptions.abort("no shared/samples of the specification here; set -Dweft.shared=DIR");
                    return Path.of("");
                });
        try (Stream<Path> files = Files.list(root)) {
            return files.toList();
        }
    }

    @Test
    void vectorsOfTheSpecification_areReadOrRefusedAsItSays() throws Exception {
        for (Path file : vectors("valid")) {
            String text = Files.readString(file);
            assertThat(ModelManifest.isBundle(text)).isTrue();
            assertThatCode(() -> ModelManifest.parse(text)).as(file.toString()).doesNotThrowAnyException();
        }
        for (String folder : List.of("invalid", "invalid-payload")) {
            for (Path file : vectors(folder)) {
                assertThatThrownBy(() -> ModelManifest.parse(Files.readString(file)))
                        .as(file.toString())
                        .isInstanceOf(VerificationException.class);
            }
        }
    }
}
