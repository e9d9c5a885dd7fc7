package dev.weft.it.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Commitment;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.digest.Salt;
import dev.weft.proto.v1.Opening;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The attack finds out what can be found out, and nothing else. */
class EnumerationTest {

    private static final SecureRandom RANDOM = new SecureRandom();

    private final List<Opening> openings = new ArrayList<>();
    private final StringBuilder payload = new StringBuilder();

    private Salt commit(String name, FieldValue value) {
        return commit(name, value, Salt.random(RANDOM));
    }

    private Salt commit(String name, FieldValue value, Salt salt) {
        String commitment = Base64.getEncoder()
                .encodeToString(Commitment.commit(salt, name, value).toByteArray());
        payload.append("{\"commitment\":\"%s\",\"name\":\"%s\"}".formatted(commitment, name));
        return salt;
    }

    private List<Enumeration.Recovered> attack() {
        List<FieldValue> domain = new ArrayList<>();
        for (int n = 0; n < 100; n++) {
            domain.add(FieldValue.of(n));
            domain.add(FieldValue.of((double) n));
            domain.add(FieldValue.of(Integer.toString(n)));
        }
        Haystack place = part -> part.accept("payload", payload.toString().getBytes(StandardCharsets.UTF_8));
        return new Enumeration(new Held(List.of(place), openings), Set.of("rows")).of(domain);
    }

    @Test
    void saltedValues_areNotFoundOut() {
        commit("metric.cases", FieldValue.of(7));
        commit("metric.loss", FieldValue.of(7.0));
        commit("parameter.few", FieldValue.of("7"));
        assertThat(attack()).isEmpty();
    }

    @Test
    void openedValue_isFoundOut_andItsNeighbourIsNot() {
        Salt salt = commit("metric.cases", FieldValue.of(7.0));
        commit("metric.others", FieldValue.of(9.0));
        openings.add(Opening.newBuilder()
                .setName("metric.cases")
                .setSalt(salt.toByteString())
                .setCommitment(Commitment.commit(salt, "metric.cases", FieldValue.of(7.0))
                        .toByteString())
                .build());
        assertThat(attack()).isNotEmpty().allSatisfy(one -> {
            assertThat(one.field()).contains("metric.cases");
            assertThat(one.value()).isEqualTo(FieldValue.of(7.0));
        });
    }

    @Test
    void whatIsHiddenWithoutASalt_isFoundOut() {
        payload.append("{\"name\":\"metric.cases\",\"digest\":\"sha256:")
                .append(Hashing.sha256("42".getBytes(StandardCharsets.UTF_8)).hex())
                .append("\"}");
        commit("rows", FieldValue.of(11), Salt.of(ByteString.copyFrom(new byte[32])));
        assertThat(attack())
                .extracting(one -> one.field().orElse("") + one.value().display())
                .contains("42", "rows11");
        assertThat(attack()).extracting(Enumeration.Recovered::field).contains(Optional.of("rows"));
    }

    @Test
    void oneSaltForTwoFields_isFoundOut() {
        Salt salt = commit("metric.cases", FieldValue.of(7));
        commit("metric.cases.bucket", FieldValue.of("from 0 to below 10"), salt);
        openings.add(Opening.newBuilder()
                .setName("metric.cases.bucket")
                .setSalt(salt.toByteString())
                .setCommitment(ByteString.copyFrom(new byte[32]))
                .build());
        assertThat(attack()).extracting(Enumeration.Recovered::how).contains("the salt of its range");
    }
}
