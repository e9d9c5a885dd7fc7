package dev.weft.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.bundle.ForkProofWriter;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.NoteSigner;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.LogFork;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a machine that has never seen the federation: no directory, no node, one file. */
class VerifyCommandTest {
    private static final String ORIGIN = "cardio/log/1";
    private static final SigningKey LOG = key("log");

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Main.execute(
                new Console(
                        new PrintWriter(out, true), new PrintWriter(err, true), new ByteArrayInputStream(new byte[0])),
                args);
    }

    private static SigningKey key(String name) {
        return SigningKey.fromSeed(digest(name).toByteString());
    }

    private static Digest digest(String name) {
        return Hashing.sha256(name.getBytes(StandardCharsets.UTF_8));
    }

    private static ByteString genesis() throws VerificationException {
        Genesis genesis = Genesis.newBuilder()
                .setHeader(Header.newBuilder()
                        .setAudience(ORIGIN)
                        .setAuthor("root")
                        .setRecordedAt("2026-11-21T08:00:00.000Z"))
                .setName("cardio")
                .setNonce(digest("nonce").toByteString())
                .addRootKeys(key("root").verifyingKey().toProto())
                .setRootThreshold(1)
                .setLogOrigin(ORIGIN)
                .addLogKeys(LOG.verifyingKey().toProto())
                .setAggregatorKey(key("aggregator").verifyingKey().toProto())
                .setCaDigest(digest("ca").toByteString())
                .setProtocolVersion(1)
                .addRequiredSignatures(KeyAlgorithm.ED25519)
                .setLimits(EnvelopeOpener.LIMITS)
                .build();
        return EnvelopeSigner.sign(genesis, List.of(key("root"))).bytes();
    }

    private static ByteString note(String root) {
        return Checkpoint.sign(new Checkpoint(ORIGIN, new TreeHead(7, digest(root))), NoteSigner.ed25519(ORIGIN, LOG));
    }

    private Path proof() throws VerificationException, IOException {
        byte[] bytes = ForkProofWriter.log(
                        genesis(),
                        LogFork.newBuilder()
                                .setSmaller(note("one"))
                                .setLarger(note("other"))
                                .build())
                .encode()
                .toByteArray();
        return Files.write(directory.resolve("fork.proof"), bytes);
    }

    @Test
    void forkProof_isExplainedInWords() throws Exception {
        assertThat(run("verify", proof().toString())).isEqualTo(Exit.OK);
        assertThat(out.toString())
                .contains("PROVED: A key that signs the log " + ORIGIN + " signed two histories")
                .contains("Both say size 7")
                .contains("compare the id with the one you know")
                .contains("not proven: ");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void forkProof_isExplainedToPrograms() throws Exception {
        assertThat(run("verify", proof().toString(), "--json")).isEqualTo(Exit.OK);
        JsonObject answer = JsonParser.parseString(out.toString()).getAsJsonObject();
        assertThat(answer.get("verdict").getAsString()).isEqualTo("holds");
        assertThat(answer.get("kind").getAsString()).isEqualTo("log-fork");
        assertThat(answer.get("federation").getAsString())
                .isEqualTo(EnvelopeOpener.open(genesis()).statement().id().hex());
    }

    @Test
    void damagedForkProof_doesNotHold() throws Exception {
        Path file = proof();
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 5] ^= 1;
        Files.write(file, bytes);
        assertThat(run("verify", file.toString())).isEqualTo(Exit.UNVERIFIED);
        assertThat(out.toString()).startsWith("DOES NOT HOLD: ");
        assertThat(run("verify", file.toString(), "--json")).isEqualTo(Exit.UNVERIFIED);
        assertThat(JsonParser.parseString(out.toString())
                        .getAsJsonObject()
                        .get("verdict")
                        .getAsString())
                .isEqualTo("does-not-hold");
    }

    @Test
    void anotherFile_doesNotHold_andProgramsAreToldSo() throws Exception {
        Path text = Files.writeString(directory.resolve("letter.txt"), "Dear auditor");
        assertThat(run("verify", text.toString())).isEqualTo(Exit.UNVERIFIED);
        assertThat(out.toString()).contains("DOES NOT HOLD: ").contains("nor as a fork proof");
        assertThat(run("verify", text.toString(), "--json")).isEqualTo(Exit.UNVERIFIED);
        JsonObject answer = JsonParser.parseString(out.toString()).getAsJsonObject();
        assertThat(answer.keySet()).contains("verdict", "reason", "claims", "notProven", "checkpoint", "policy");
        assertThat(answer.get("reason").getAsString()).isEqualTo("malformed");
    }

    @Test
    void fileThatIsNotThere_isWrongUse_andThePolicyIsReadFirst() {
        String none = directory.resolve("none.zip").toString();
        assertThat(run("verify", none)).isEqualTo(Exit.USAGE);
        assertThat(err.toString()).contains("none.zip: there is no such file");
        assertThat(run("verify", "--policy", directory.resolve("trust").toString(), none))
                .isEqualTo(Exit.USAGE);
        assertThat(err.toString()).contains("trust: there is no such file").doesNotContain("none.zip");
        assertThat(run("verify")).isEqualTo(Exit.USAGE);
    }

    @Test
    void emptyPolicy_isToldWithoutANumberOfALine() throws Exception {
        Path empty = Files.createFile(directory.resolve("trust"));
        assertThat(run("verify", "--policy", empty.toString(), proof().toString()))
                .isEqualTo(Exit.USAGE);
        assertThat(err.toString()).contains("The policy file cannot be used: it has no quorum line");
    }
}
