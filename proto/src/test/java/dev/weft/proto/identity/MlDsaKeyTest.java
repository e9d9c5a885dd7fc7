package dev.weft.proto.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.PublicKey;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The second algorithm of members' signatures. */
class MlDsaKeyTest {
    private static final byte[] MESSAGE = "a statement".getBytes(StandardCharsets.UTF_8);

    private final MlDsaSigningKey key = MlDsaSigningKey.fromSeed(
            Hashing.sha256("weft".getBytes(StandardCharsets.UTF_8)).toByteString());

    /** The expected digest is of the key that OpenSSL 4.0 makes of this seed. */
    @Test
    void fromSeed_givesTheKeyThatOthersMakeOfIt() {
        PublicKey wire = key.verifyingKey().toProto();
        assertThat(Hashing.sha256(wire.getKey().toByteArray()).hex())
                .isEqualTo("4b8afd1614a7db80338d0f9849bcf48510cf8b06e65241674977d91f7012ab32");
        assertThat(wire.getAlgorithm()).isEqualTo(KeyAlgorithm.ML_DSA_44);
        assertThat(key.toString()).doesNotContain(wire.getKey().toString());
    }

    @Test
    void sign_twice_givesTheSameBytes_thatVerify() throws VerificationException {
        ByteString signature = key.sign(MESSAGE);
        assertThat(signature).hasSize(MlDsaKey.SIGNATURE_SIZE).isEqualTo(key.sign(MESSAGE));
        key.verifyingKey().verify(MESSAGE, signature);
    }

    @Test
    void verify_anotherMessageKeyOrSignature_refuses() {
        ByteString signature = key.sign(MESSAGE);
        MlDsaKey own = key.verifyingKey();
        Refused.with(Reason.BAD_SIGNATURE, () -> own.verify(new byte[] {1}, signature));
        MlDsaSigningKey other = MlDsaSigningKey.fromSeed(ByteString.copyFrom(new byte[32]));
        Refused.with(Reason.BAD_SIGNATURE, () -> other.verifyingKey().verify(MESSAGE, signature));
        Refused.with(Reason.BAD_SIGNATURE, () -> own.verify(MESSAGE, ByteString.EMPTY));
        for (int at = 0; at < signature.size(); at += 97) {
            byte[] changed = signature.toByteArray();
            changed[at] ^= 1;
            Refused.with(Reason.BAD_SIGNATURE, () -> own.verify(MESSAGE, ByteString.copyFrom(changed)));
        }
    }

    @Test
    void of_anotherLengthOrAlgorithm_refuses() {
        PublicKey wire = key.verifyingKey().toProto();
        PublicKey shorter = wire.toBuilder()
                .setKey(wire.getKey().substring(0, MlDsaKey.SIZE - 1))
                .build();
        Refused.with(Reason.BAD_KEY, () -> MlDsaKey.of(shorter));
        PublicKey longer = wire.toBuilder()
                .setKey(wire.getKey().concat(ByteString.copyFrom(new byte[1])))
                .build();
        Refused.with(Reason.BAD_KEY, () -> MlDsaKey.of(longer));
        PublicKey another = wire.toBuilder().setAlgorithm(KeyAlgorithm.ED25519).build();
        Refused.with(Reason.BAD_KEY, () -> MlDsaKey.of(another));
    }

    @Test
    void fromSeed_ofAnotherLength_isABug() {
        assertThatThrownBy(() -> MlDsaSigningKey.fromSeed(ByteString.EMPTY))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
