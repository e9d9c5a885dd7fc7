package dev.weft.proto.digest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.Refused;
import dev.weft.proto.VerificationException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class LinkingKeyTest {
    /** Made once by Python's hmac over the layout of the specification: a change of these is a change of the protocol. */
    private static final String CHECK = "694a045a0cb3edb0710aa39dfc0acd57fb03c9bc1bdc92635322c051e5abbeff";

    private static final String VALUE = "dec69938d448ae8e6e2c9b0dca0b3d3c0d362ce99628c042f412c677c7a738af";

    private static final ContentDigest DATA =
            ContentDigest.sha256(Hashing.sha256("mnist".getBytes(StandardCharsets.US_ASCII)));

    private static ByteString secret() {
        byte[] secret = new byte[LinkingKey.SIZE];
        for (int i = 0; i < secret.length; i++) {
            secret[i] = (byte) i;
        }
        return ByteString.copyFrom(secret);
    }

    @Test
    void value_hasTheLayoutOfTheSpecification() throws VerificationException {
        LinkingKey key = LinkingKey.of(secret(), Digest.fromHex(CHECK));

        assertThat(key.value("dataset", DATA).hex()).isEqualTo(VALUE);
        assertThat(key.value("code", DATA).hex()).as("another kind").isNotEqualTo(VALUE);
        assertThat(key.secret()).isEqualTo(secret());
        assertThat(key).asString().doesNotContain("0102");
    }

    @Test
    void keyThatTheLogDoesNotSpeakOf_isRefused() {
        Digest check = Digest.fromHex(CHECK);

        Refused.with(Reason.LINK_KEY_WRONG, () -> LinkingKey.of(secret().substring(1), check));
        ByteString other = LinkingKey.generate(new SecureRandom()).secret();
        Refused.with(Reason.LINK_KEY_WRONG, () -> LinkingKey.of(other, check));
    }
}
