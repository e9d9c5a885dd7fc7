package dev.weft.proto.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemberNameTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "0",
                "hospital-a",
                "a.b_c-d",
                "0123456789012345678901234567890123456789012345678901234567890123"
            })
    void parse_name_accepts(String name) throws VerificationException {
        assertThat(MemberName.parse(name).value()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "A",
                "-a",
                "a-",
                ".",
                "a b",
                "a/b",
                "ä",
                "a\n",
                "01234567890123456789012345678901234567890123456789012345678901234"
            })
    void parse_otherText_refuses(String name) {
        Refused.with(Reason.BAD_NAME, () -> MemberName.parse(name));
        assertThatThrownBy(() -> new MemberName(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isReserved_rootAndAggregator_only() {
        assertThat(MemberName.ROOT.isReserved()).isTrue();
        assertThat(new MemberName("aggregator").isReserved()).isTrue();
        assertThat(new MemberName("hospital-a").isReserved()).isFalse();
    }
}
