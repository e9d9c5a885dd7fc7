package dev.weft.proto.note;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.v1.Policy;
import dev.weft.proto.v1.Witness;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
    private static final String ORIGIN = "demo/log/1";
    private static final Instant TIME = Instant.ofEpochSecond(1_800_000_000);
    private static final Checkpoint CHECKPOINT =
            new Checkpoint(ORIGIN, new TreeHead(12, Hashing.sha256(new byte[] {1})));

    private static SigningKey key(int seed) {
        byte[] bytes = new byte[32];
        bytes[0] = (byte) seed;
        return SigningKey.fromSeed(ByteString.copyFrom(bytes));
    }

    private static void refused(Reason reason, ThrowingCallable check) {
        assertThatThrownBy(check)
                .isInstanceOfSatisfying(
                        VerificationException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void open_signedByTheLog_givesTheCheckpoint() throws VerificationException {
        NoteSigner signer = NoteSigner.ed25519(ORIGIN, key(1));
        ByteString note = Checkpoint.sign(CHECKPOINT, signer);
        assertThat(Checkpoint.open(note, signer.verifier())).isEqualTo(CHECKPOINT);
        NoteVerifier second = NoteVerifier.ed25519(ORIGIN, key(2).verifyingKey());
        assertThat(Checkpoint.open(note, second, signer.verifier())).isEqualTo(CHECKPOINT);
        refused(Reason.UNSIGNED_CHECKPOINT, () -> Checkpoint.open(note, second));
    }

    @Test
    void open_everyBitFlipped_isRefused() {
        NoteSigner signer = NoteSigner.ed25519(ORIGIN, key(1));
        byte[] note = Checkpoint.sign(CHECKPOINT, signer).toByteArray();
        for (int bit = 0; bit < 8 * note.length; bit++) {
            byte[] damaged = note.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> Checkpoint.open(ByteString.copyFrom(damaged), signer.verifier()))
                    .isInstanceOf(VerificationException.class);
        }
    }

    @Test
    void open_keyOfAnotherOrigin_isRefused() {
        NoteSigner signer = NoteSigner.ed25519("demo/log/2", key(1));
        refused(Reason.UNKNOWN_LOG, () -> Checkpoint.open(Checkpoint.sign(CHECKPOINT, signer), signer.verifier()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "o\n",
                "o\n1\n",
                "\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
                "o\n01\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
                "o\n+1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
                "o\n-1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
                "o\n9223372036854775808\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
                "o\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\n",
                "o\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
                "o\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n",
                "o\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "o\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nextension\n",
                "o\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
            })
    void parse_anotherSpelling_isRefused(String text) {
        refused(Reason.MALFORMED, () -> Checkpoint.parse(text));
    }

    @Test
    void parse_emptyLog_isTheEmptyTree() throws VerificationException {
        Checkpoint empty = new Checkpoint("o", TreeHead.EMPTY);
        assertThat(empty.text()).isEqualTo("o\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
        assertThat(Checkpoint.parse(empty.text())).isEqualTo(empty);
    }

    @Test
    void cosignature_ofTheWitness_holdsForItsTextAlone() throws VerificationException {
        NoteVerifier witness = NoteVerifier.cosigner("w", key(3).verifyingKey());
        Cosignature cosignature = Cosignature.sign(CHECKPOINT, "w", key(3), TIME);
        cosignature.verify(CHECKPOINT.text(), witness);
        assertThat(cosignature.time()).isEqualTo(TIME);
        assertThat(Cosignature.parse(ByteString.copyFromUtf8(cosignature.line().line())))
                .containsExactly(cosignature);
        refused(Reason.BAD_SIGNATURE, () -> cosignature.verify("x\n" + CHECKPOINT.text(), witness));
        refused(
                Reason.UNKNOWN_KEY,
                () -> cosignature.verify(CHECKPOINT.text(), NoteVerifier.cosigner("w", key(4).verifyingKey())));
        Cosignature later = new Cosignature(new NoteSignature(
                "w",
                cosignature.line().keyId(),
                ByteString.copyFrom(new byte[8])
                        .concat(cosignature.line().payload().substring(8))));
        refused(Reason.BAD_SIGNATURE, () -> later.verify(CHECKPOINT.text(), witness));
    }

    @Test
    void cosignedNote_openedWithBoth_verifiesBoth() throws VerificationException {
        NoteSigner log = NoteSigner.ed25519(ORIGIN, key(1));
        NoteVerifier witness = NoteVerifier.cosigner("w", key(3).verifyingKey());
        Note note = log.sign(CHECKPOINT.text())
                .with(List.of(Cosignature.sign(CHECKPOINT, "w", key(3), TIME).line()));
        OpenedNote opened = NoteVerifier.open(note.encode(), List.of(log.verifier(), witness));
        assertThat(opened.verified()).hasSize(2);
        assertThat(NoteVerifier.parse(witness.vkey())).isEqualTo(witness);
        refused(Reason.UNKNOWN_LOG, () -> Checkpoint.open(note.encode(), witness));
    }

    private static Policy policy(int organisations, int k, int f) {
        Policy.Builder policy = Policy.newBuilder().setK(k).setF(f);
        for (int i = 0; i < organisations; i++) {
            policy.addWitnesses(Witness.newBuilder()
                    .setName("w" + i)
                    .setOrganisation("org" + i)
                    .setKey(key(10 + i).verifyingKey().toProto()));
        }
        return policy.build();
    }

    @ParameterizedTest
    @CsvSource({"1,1,0", "2,2,0", "3,2,0", "4,3,1", "7,5,2", "16,14,2"})
    void policy_boundsHold_isTaken(int n, int k, int f) throws VerificationException {
        assertThat(WitnessPolicy.of(policy(n, k, f), "the operator").seats()).hasSize(n);
    }

    @ParameterizedTest
    @CsvSource({"0,0,0", "0,1,0", "2,1,0", "3,3,1", "3,2,1", "4,2,0", "16,15,0", "33,14,0", "3,2,-1", "3,-2,0"})
    void policy_boundsBroken_isRefused(int n, int k, int f) {
        refused(Reason.POLICY_INVALID, () -> WitnessPolicy.of(policy(n, k, f), "the operator"));
    }

    @Test
    void policy_sameKeyTwiceOrTheOperator_isRefused() {
        Policy twice = policy(3, 2, 0).toBuilder()
                .setWitnesses(1, policy(3, 2, 0).getWitnesses(0).toBuilder().setName("other"))
                .build();
        refused(Reason.POLICY_INVALID, () -> WitnessPolicy.of(twice, "the operator"));
        refused(Reason.POLICY_INVALID, () -> WitnessPolicy.of(policy(3, 2, 0), "org1"));
    }

    @Test
    void policy_votes_countOncePerOrganisation() throws VerificationException {
        Policy four = policy(4, 3, 0).toBuilder()
                .addWitnesses(policy(5, 3, 0).getWitnesses(4).toBuilder().setOrganisation("org0"))
                .build();
        WitnessPolicy policy = WitnessPolicy.of(four, "the operator");
        List<NoteSignature> lines = new ArrayList<>();
        for (int i : List.of(0, 4, 1)) {
            lines.add(Cosignature.sign(CHECKPOINT, "w" + i, key(10 + i), TIME).line());
        }
        NoteSignature forged = Cosignature.sign(CHECKPOINT, "w2", key(12), TIME).line();
        lines.add(new NoteSignature("w2", forged.keyId(), ByteString.copyFrom(new byte[72])));
        refused(Reason.QUORUM_MISSING, () -> policy.verify(CHECKPOINT.text(), lines));
        lines.add(forged);
        policy.verify(CHECKPOINT.text(), lines);
        assertThat(policy.counting(CHECKPOINT.text(), lines)).hasSize(3);
    }
}
