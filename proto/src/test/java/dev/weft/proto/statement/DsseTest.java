package dev.weft.proto.statement;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.weft.proto.SharedVectors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The encoding that signatures cover, against the specification's own example. */
class DsseTest {

    @Test
    void theExampleOfTheSpecification_isReproduced() throws IOException {
        JsonObject vector = SharedVectors.json("derived/dsse-protocol.json").getAsJsonObject();
        byte[] pae = Dsse.pae(
                vector.get("payloadType").getAsString(),
                ByteString.copyFromUtf8(vector.get("payload").getAsString()));
        assertThat(new String(pae, StandardCharsets.UTF_8))
                .isEqualTo(vector.get("pae").getAsString());
    }

    @Test
    void lengths_countBytes() {
        assertThat(new String(Dsse.pae("t\u00e9", ByteString.copyFromUtf8("\u00e9")), StandardCharsets.UTF_8))
                .isEqualTo("DSSEv1 3 t\u00e9 2 \u00e9");
        assertThat(new String(Dsse.pae("", ByteString.EMPTY), StandardCharsets.UTF_8))
                .isEqualTo("DSSEv1 0  0 ");
    }
}
