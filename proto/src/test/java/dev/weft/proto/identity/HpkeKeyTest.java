package dev.weft.proto.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.PublicKey;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class HpkeKeyTest {
    private static final ByteString INFO = ByteString.copyFromUtf8("federation and request");
    private static final SecureRandom RANDOM = new SecureRandom();

    private static ByteString hex(String text) {
        return ByteString.copyFrom(HexFormat.of().parseHex(text));
    }

    @Test
    void vectorOfRfc9180A21_sealsAndOpens() throws Exception {
        HpkeKey reader = HpkeKey.fromPrivate(hex("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb"));
        ByteString info = hex("4f6465206f6e2061204772656369616e2055726e");
        ByteString aad = hex("436f756e742d30");
        ByteString text = hex("4265617574792069732074727574682c20747275746820626561757479");
        byte[] ephemeral = hex("f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600")
                .toByteArray();

        ByteString sealed = HpkeKey.seal(reader.toProto(), info, aad, text, ephemeral);

        assertThat(sealed)
                .isEqualTo(
                        hex(
                                "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a"
                                        + "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28"));
        assertThat(reader.open(info, aad, sealed)).isEqualTo(text);
    }

    @Test
    void anotherKeyAnotherOccasionOrAnyBitChanged_opensNothing() throws Exception {
        HpkeKey reader = HpkeKey.generate(RANDOM);
        ByteString sealed = HpkeKey.seal(reader.toProto(), INFO, ByteString.copyFromUtf8("12.5"), RANDOM);

        assertThat(reader.open(INFO, sealed).toStringUtf8()).isEqualTo("12.5");
        Refused.with(Reason.NOT_FOR_US, () -> HpkeKey.generate(RANDOM).open(INFO, sealed));
        Refused.with(Reason.NOT_FOR_US, () -> reader.open(ByteString.copyFromUtf8("another"), sealed));
        // The highest bit of an X25519 point counts for nothing there (RFC 7748 section 5), but is bound by the KEM's
        // context.
        for (int bit = 0; bit < sealed.size() * 8; bit++) {
            byte[] changed = sealed.toByteArray();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            Refused.with(Reason.NOT_FOR_US, () -> reader.open(INFO, ByteString.copyFrom(changed)));
        }
        for (int length = 0; length < sealed.size(); length++) {
            ByteString cut = sealed.substring(0, length);
            Refused.with(length < 32 ? Reason.MALFORMED : Reason.NOT_FOR_US, () -> reader.open(INFO, cut));
        }
    }

    @Test
    void keyThatEverybodyKnowsTheSecretOf_isSealedToByNobody() {
        PublicKey zero = PublicKey.newBuilder()
                .setAlgorithm(KeyAlgorithm.X25519)
                .setKey(ByteString.copyFrom(new byte[32]))
                .build();
        Refused.with(Reason.BAD_KEY, () -> HpkeKey.seal(zero, INFO, INFO, RANDOM));
        Refused.with(
                Reason.BAD_KEY,
                () -> HpkeKey.seal(
                        zero.toBuilder().setAlgorithm(KeyAlgorithm.ED25519).build(), INFO, INFO, RANDOM));
    }
}
