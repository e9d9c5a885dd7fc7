package dev.weft.proto.note;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.Refused;
import dev.weft.proto.TestFederation;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.merkle.TreeHead;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The log's ML-DSA-44 line beside its Ed25519 one: C2SP tlog-cosignature type 6. */
class SecondSignatureTest {
    private static final String ORIGIN = "demo/log/1";
    private static final long FIRST = 7;

    private final MlDsaSigningKey second = TestFederation.secondKey("log");
    private final NoteSigner plain = NoteSigner.ed25519(ORIGIN, TestFederation.signingKey("log"));
    private final NoteSigner both = plain.withSecond(second, FIRST);

    @Test
    void theLine_isOfType6_underTheLogsOwnName_overTheMessageThatC2spGives() throws VerificationException {
        Checkpoint checkpoint = checkpoint(FIRST);
        List<NoteSignature> lines =
                Note.parse(Checkpoint.sign(checkpoint, both)).signatures();
        assertThat(lines).extracting(NoteSignature::name).containsExactly(ORIGIN, ORIGIN);
        NoteSignature line = lines.get(1);
        assertThat(line.payload().size()).isEqualTo(8 + 2_420);
        assertThat(line.payload().substring(0, 8)).isEqualTo(ByteString.copyFrom(new byte[8]));

        byte[] name = ORIGIN.getBytes(StandardCharsets.UTF_8);
        ByteBuffer message = ByteBuffer.allocate(12 + 1 + name.length + 8 + 1 + name.length + 16 + 32);
        message.put("subtree/v1\n\0".getBytes(StandardCharsets.US_ASCII));
        message.put((byte) name.length).put(name).putLong(0);
        message.put((byte) name.length).put(name).putLong(0).putLong(FIRST);
        message.put(checkpoint.head().root().toByteArray());
        second.verifyingKey().verify(message.array(), line.payload().substring(8));
        assertThat(Checkpoint.sign(checkpoint, both)).isEqualTo(Checkpoint.sign(checkpoint, both));
    }

    @Test
    void whoKnowsEd25519Alone_acceptsTheCheckpointUnchanged() throws VerificationException {
        ByteString note = Checkpoint.sign(checkpoint(FIRST), both);
        assertThat(Checkpoint.open(note, plain.verifier())).isEqualTo(checkpoint(FIRST));
        assertThat(note.size()).isLessThan(4_096);
    }

    @Test
    void aCheckpointBelowTheSize_needsNoSecondLine_andHasNone() throws VerificationException {
        ByteString note = Checkpoint.sign(checkpoint(FIRST - 1), both);
        assertThat(Note.parse(note).signatures()).hasSize(1);
        assertThat(Checkpoint.open(note, both.verifier())).isEqualTo(checkpoint(FIRST - 1));
    }

    @Test
    void aStrippedLine_orOneByAnotherKey_isRefusedFromTheSizeOn() throws VerificationException {
        ByteString stripped = Checkpoint.sign(checkpoint(FIRST), plain);
        Refused.with(Reason.SECOND_SIGNATURE_MISSING, () -> Checkpoint.open(stripped, both.verifier()));
        ByteString another =
                Checkpoint.sign(checkpoint(FIRST), plain.withSecond(TestFederation.secondKey("thief"), FIRST));
        Refused.with(Reason.SECOND_SIGNATURE_MISSING, () -> Checkpoint.open(another, both.verifier()));
    }

    @Test
    void aLineOfAnotherCheckpoint_orOfAnotherTime_isRefused() throws VerificationException {
        Note note = Note.parse(Checkpoint.sign(checkpoint(FIRST), plain));
        NoteSignature other = Note.parse(Checkpoint.sign(checkpoint(FIRST + 1), both))
                .signatures()
                .get(1);
        ByteString moved = note.with(List.of(other)).encode();
        Refused.with(Reason.BAD_SIGNATURE, () -> Checkpoint.open(moved, both.verifier()));
        NoteSignature own = Note.parse(Checkpoint.sign(checkpoint(FIRST), both))
                .signatures()
                .get(1);
        ByteString later = ByteString.copyFrom(new byte[] {0, 0, 0, 0, 0, 0, 0, 1});
        NoteSignature dated = new NoteSignature(
                own.name(), own.keyId(), later.concat(own.payload().substring(8)));
        ByteString redated = note.with(List.of(dated)).encode();
        Refused.with(Reason.BAD_SIGNATURE, () -> Checkpoint.open(redated, both.verifier()));
        NoteSignature cut =
                new NoteSignature(own.name(), own.keyId(), own.payload().substring(1));
        ByteString shortened = note.with(List.of(cut)).encode();
        Refused.with(Reason.MALFORMED, () -> Checkpoint.open(shortened, both.verifier()));
    }

    @Test
    void aVerifierKeyOfType6_readsAsItPrints() throws VerificationException {
        NoteVerifier verifier = NoteVerifier.mlDsa44(ORIGIN, second.verifyingKey());
        assertThat(NoteVerifier.parse(verifier.vkey())).isEqualTo(verifier);
        ByteString note = Checkpoint.sign(checkpoint(FIRST), both);
        assertThat(NoteVerifier.open(note, List.of(verifier)).verified()).hasSize(1);
        Refused.with(Reason.BAD_KEY, () -> NoteVerifier.parse(verifier.vkey().replace(ORIGIN, "demo/log/2")));
    }

    private static Checkpoint checkpoint(long size) {
        return new Checkpoint(ORIGIN, new TreeHead(size, Digest.of(TestFederation.hash("root of " + size))));
    }
}
