package dev.weft.proto.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.NoteSigner;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ReceiptTest {
    private static void refused(ThrowingCallable check) {
        assertThatThrownBy(check)
                .isInstanceOfSatisfying(
                        VerificationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BAD_INCLUSION_PROOF));
    }

    @Test
    void verify_anEntry_holdsForThatEntryAlone() throws VerificationException {
        ByteString entry = ByteString.copyFromUtf8("entry");
        var leaves = List.of(MerkleMath.leafHash(entry), MerkleMath.leafHash(ByteString.EMPTY));
        NoteSigner log = NoteSigner.ed25519("demo/log/1", SigningKey.fromSeed(ByteString.copyFrom(new byte[32])));
        ByteString note = Checkpoint.sign(new Checkpoint("demo/log/1", MerkleMath.head(leaves)), log);
        InclusionProof proof = InclusionProof.prove(MerkleMath.reader(leaves), 0, 2);
        new Receipt(0, proof, note).verify(entry, log.verifier());
        refused(() -> new Receipt(0, proof, note).verify(ByteString.EMPTY, log.verifier()));
        refused(() -> new Receipt(1, proof, note).verify(entry, log.verifier()));
    }
}
