package dev.weft.proto.note;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.SharedVectors;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The cases of golang.org/x/mod's notes, of the C2SP text, and sigstore's checkpoints. */
class NoteVectorsTest {
    private static final String CHECKPOINTS =
            "sigstore+sigstore-java/sigstore-java/src/test/resources/dev/sigstore/samples/checkpoints";

    private static JsonObject vectors() throws IOException {
        return SharedVectors.json("derived/signed-note-cases.json").getAsJsonObject();
    }

    @Test
    void sign_publishedKey_givesThePublishedNote() throws IOException {
        JsonObject signing = vectors().getAsJsonObject("signing");
        String[] key = signing.get("skey").getAsString().split("\\+", 5);
        byte[] typed = Base64.getDecoder().decode(key[4]);
        NoteSigner signer = NoteSigner.ed25519(key[2], SigningKey.fromSeed(ByteString.copyFrom(typed, 1, 32)));
        assertThat(signer.sign(signing.get("text").getAsString()).encode().toStringUtf8())
                .isEqualTo(signing.get("expectNote").getAsString());
        assertThat(signer.verifier().vkey()).startsWith(key[2] + "+" + key[3] + "+");
    }

    @Test
    void open_publishedCases_areJudgedAlike() throws IOException, VerificationException {
        for (JsonElement element : vectors().getAsJsonArray("cases")) {
            JsonObject test = element.getAsJsonObject();
            List<NoteVerifier> known = new ArrayList<>();
            for (String vkey : strings(test, "vkeys")) {
                known.add(NoteVerifier.parse(vkey));
                assertThat(known.get(known.size() - 1).vkey()).isEqualTo(vkey);
            }
            String expect = test.get("expect").getAsString();
            ByteString note = ByteString.copyFromUtf8(test.get("note").getAsString());
            if ("ok".equals(expect)) {
                OpenedNote opened = NoteVerifier.open(note, known);
                assertThat(names(opened.verified())).isEqualTo(strings(test, "verified"));
                assertThat(names(opened.unverified())).isEqualTo(strings(test, "unverified"));
            } else {
                assertThatThrownBy(() -> NoteVerifier.open(note, known))
                        .as(test.get("name").getAsString())
                        .isInstanceOfSatisfying(
                                VerificationException.class,
                                e -> assertThat(e.reason()).isIn(reasons(expect)));
            }
        }
    }

    private static Set<Reason> reasons(String expect) {
        return switch (expect) {
            case "unverified" -> Set.of(Reason.UNSIGNED_CHECKPOINT);
            case "invalid-signature" -> Set.of(Reason.BAD_SIGNATURE);
            default -> Set.of(Reason.MALFORMED, Reason.LIMIT_EXCEEDED);
        };
    }

    @Test
    void parseKey_badOnesAndEveryPart_areRefused() throws IOException {
        for (JsonElement bad : vectors().getAsJsonArray("badVkeys")) {
            refusedKey(bad.getAsString());
        }
        String good = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        for (int i = 0; i < good.length(); i++) {
            refusedKey(good.substring(0, i));
            if (i > 0) {
                refusedKey(good.substring(i));
            }
            refusedKey(good.substring(0, i) + (char) (good.charAt(i) + 1) + good.substring(i + 1));
        }
    }

    private static void refusedKey(String vkey) {
        assertThatThrownBy(() -> NoteVerifier.parse(vkey)).as(vkey).isInstanceOf(VerificationException.class);
    }

    @Test
    void parse_noUtf8_isRefused() throws IOException {
        String note = vectors().getAsJsonObject("signing").get("expectNote").getAsString();
        ByteString bad = ByteString.copyFrom(new byte[] {-1}).concat(ByteString.copyFromUtf8(note));
        assertThatThrownBy(() -> Note.parse(bad)).isInstanceOf(VerificationException.class);
    }

    @Test
    void sigstoreCheckpoints_validOnes_areNotesWithAnExtensionLine() throws IOException, VerificationException {
        for (String name : List.of("valid.txt", "valid_multi_sig.txt")) {
            Note note = Note.parse(bytes(SharedVectors.file(CHECKPOINTS + "/" + name)));
            assertThatThrownBy(() -> Checkpoint.parse(note.text())).isInstanceOf(VerificationException.class);
            Checkpoint checkpoint = Checkpoint.parse(note.text().replaceFirst("Timestamp: .*\n", ""));
            assertThat(checkpoint.head().size()).isEqualTo(37_795_272);
        }
    }

    @Test
    void sigstoreCheckpoints_malformedOnes_areRefused() throws IOException {
        Path dir = SharedVectors.file(CHECKPOINTS);
        try (Stream<Path> files = Files.list(dir)) {
            List<Path> bad = files.filter(f -> f.getFileName().toString().startsWith("error_"))
                    .toList();
            assertThat(bad).hasSize(7);
            for (Path file : bad) {
                assertThatThrownBy(() ->
                                Checkpoint.parse(Note.parse(bytes(file)).text().replaceFirst("Timestamp: .*\n", "")))
                        .as(file.getFileName().toString())
                        .isInstanceOf(VerificationException.class);
            }
        }
    }

    @Test
    void witnessVectors_logNotes_openUnderTheLogsKey() throws IOException, VerificationException {
        JsonObject vectors =
                SharedVectors.json("derived/tlog-witness-add-checkpoint.json").getAsJsonObject();
        String origin = vectors.get("logOrigin").getAsString();
        byte[] key =
                java.util.HexFormat.of().parseHex(vectors.get("logPublicKeyHex").getAsString());
        NoteVerifier log =
                NoteVerifier.ed25519(origin, dev.weft.proto.identity.VerifyingKey.of(ByteString.copyFrom(key)));
        for (JsonElement element : vectors.getAsJsonArray("cases")) {
            JsonObject test = element.getAsJsonObject();
            String body = test.get("body").getAsString();
            ByteString note = ByteString.copyFromUtf8(body.substring(body.indexOf("\n\n") + 2));
            int status = test.get("status").getAsInt();
            if (status == 403 || status == 404) {
                assertThatThrownBy(() -> Checkpoint.open(note, log)).isInstanceOf(VerificationException.class);
            } else if (status == 200) {
                assertThat(Checkpoint.open(note, log).origin()).isEqualTo(origin);
            }
        }
    }

    private static ByteString bytes(Path file) throws IOException {
        return ByteString.copyFrom(Files.readAllBytes(file));
    }

    private static List<String> names(List<NoteSignature> signatures) {
        return signatures.stream().map(NoteSignature::name).toList();
    }

    private static List<String> strings(JsonObject test, String name) {
        return test.getAsJsonArray(name).asList().stream()
                .map(JsonElement::getAsString)
                .toList();
    }
}
