package dev.weft.proto.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class CommitmentTest {
    private static final Salt SALT = Salt.of(ByteString.copyFrom(
            HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")));

    /** The layout of the specification, laid out by hand and hashed by the JDK's own HMAC. */
    private static String byHand(String layoutHex) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SALT.toByteString().toByteArray(), "HmacSHA256"));
        return HexFormat.of().formatHex(mac.doFinal(HexFormat.of().parseHex(layoutHex)));
    }

    @Test
    void commit_text_hasTheLayoutOfTheSpecification() throws GeneralSecurityException {
        String label = HexFormat.of().formatHex("weft/commit/v1\0".getBytes(StandardCharsets.US_ASCII));
        String expected = byHand(label + "04000000" + "726f7773" + "04000000" + "02353639");
        Digest commitment = Commitment.commit(SALT, "rows", FieldValue.of(569));
        assertThat(commitment.hex()).isEqualTo(expected);
        assertThat(commitment.hex()).isEqualTo(GOLDEN_ROWS_569);
    }

    /** Made once by Python's hmac: a change of this value is a change of the protocol. */
    private static final String GOLDEN_ROWS_569 = "2febee8723609ade165a5db6fefebe70229bf07fc7f6a1e36aace8da3214db4a";

    private static final String GOLDEN_ACCENT = "c3c43f18e56f338de9b5b2990d30f4beb28fb5e1e2c5e7fd68b2a380a321ba75";

    @Test
    void commit_decomposedText_isThatOfTheComposedOne() {
        assertThat(Commitment.commit(SALT, "name", FieldValue.of("e\u0301")).hex())
                .isEqualTo(GOLDEN_ACCENT);
        assertThat(Commitment.commit(SALT, "name", FieldValue.of("\u00e9")).hex())
                .isEqualTo(GOLDEN_ACCENT);
    }

    @Test
    void verify_anythingElse_isRefused() throws VerificationException {
        Digest commitment = Commitment.commit(SALT, "rows", FieldValue.of(569));
        ByteString value = ByteString.copyFrom(FieldValue.of(569).canonicalBytes());
        Commitment.verify(commitment, SALT, "rows", value);
        ByteString text = ByteString.copyFrom(FieldValue.of("569").canonicalBytes());
        refused(commitment, SALT, "rows", text);
        refused(commitment, SALT, "row", value);
        refused(commitment, Salt.of(ByteString.copyFrom(new byte[32])), "rows", value);
        refused(Hashing.sha256(new byte[0]), SALT, "rows", value);
    }

    private static void refused(Digest commitment, Salt salt, String name, ByteString value) {
        assertThatThrownBy(() -> Commitment.verify(commitment, salt, name, value))
                .isInstanceOfSatisfying(
                        VerificationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BAD_COMMITMENT));
    }

    @Test
    void hmac_longKey_isHashedFirst() throws GeneralSecurityException {
        byte[] key = new byte[100];
        key[99] = 1;
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        assertThat(Hashing.hmacSha256(key, new byte[] {1}, new byte[] {2}).toByteArray())
                .isEqualTo(mac.doFinal(new byte[] {1, 2}));
    }

    @Test
    void salt_printed_showsNothing() {
        assertThat(SALT).hasToString("Salt");
    }
}
