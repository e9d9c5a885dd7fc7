package dev.weft.proto.note;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WitnessRequestTest {
    private static final String HASH = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    @Test
    void body_readsAsItWasWritten() throws VerificationException {
        String text = "old 7\n" + HASH + "\n" + HASH + "\n\norigin\n9\nroot\n\n— origin c2ln\n";
        WitnessRequest request = WitnessRequest.parse(ByteString.copyFromUtf8(text));
        assertThat(request.oldSize()).isEqualTo(7);
        assertThat(request.proof()).hasSize(2);
        assertThat(request.note().toStringUtf8()).startsWith("origin\n9\n");
        assertThat(request.encode().toStringUtf8()).isEqualTo(text);
    }

    @Test
    void firstRequest_hasNoProof() throws VerificationException {
        WitnessRequest first = new WitnessRequest(0, List.of(), ByteString.copyFromUtf8("note\n"));
        assertThat(first.encode().toStringUtf8()).isEqualTo("old 0\n\nnote\n");
        assertThat(WitnessRequest.parse(first.encode())).isEqualTo(first);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "old 7\n",
                "old 07\n\nx\n",
                "old -1\n\nx\n",
                "old +1\n\nx\n",
                "new 7\n\nx\n",
                "old 7\nAAEC\n\nx\n",
                "old 7\nnot base64\n\nx\n",
                "old 9223372036854775808\n\nx\n"
            })
    void bodyOfAnotherForm_isRefused(String text) {
        assertThatThrownBy(() -> WitnessRequest.parse(ByteString.copyFromUtf8(text)))
                .isInstanceOf(VerificationException.class);
    }

    @Test
    void proofThatIsTooLong_isRefused() {
        String text = "old 7\n" + (HASH + "\n").repeat(64) + "\nx\n";
        assertThatThrownBy(() -> WitnessRequest.parse(ByteString.copyFromUtf8(text)))
                .isInstanceOf(VerificationException.class);
    }
}
