package dev.weft.proto.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldValueTest {
    private static String hex(FieldValue value) {
        return HexFormat.of().formatHex(value.canonicalBytes());
    }

    private static FieldValue parse(String hex) throws VerificationException {
        return FieldValue.parse(ByteString.copyFrom(HexFormat.of().parseHex(hex)));
    }

    private static List<FieldValue> oneOfEach() throws VerificationException {
        return List.of(
                FieldValue.of("Grüße 🌍"),
                FieldValue.of(""),
                FieldValue.of(Long.MIN_VALUE),
                new FieldValue.Int(BigInteger.TEN.pow(900)),
                FieldValue.of(-0.0),
                FieldValue.of(Double.NaN),
                FieldValue.of(0.1),
                FieldValue.of(true),
                FieldValue.of(false),
                FieldValue.of(Instant.parse("2026-11-21T08:00:00.123456789Z")),
                FieldValue.of(Instant.parse("0000-01-01T00:00:00Z")),
                FieldValue.of(ContentDigest.parse("git-sha1:" + "ab".repeat(20))),
                new FieldValue.Bytes(ByteString.copyFrom(new byte[] {0, -1})),
                FieldValue.of(List.of()),
                FieldValue.of(List.of(FieldValue.of("a"), FieldValue.of(List.of(FieldValue.of(1))))));
    }

    @Test
    void parse_ofEveryKind_givesTheValueBack() throws VerificationException {
        for (FieldValue value : oneOfEach()) {
            assertThat(FieldValue.parse(ByteString.copyFrom(value.canonicalBytes())))
                    .isEqualTo(value);
        }
    }

    @Test
    void canonicalBytes_ofEachKind_areTheDocumentedOnes() throws VerificationException {
        assertThat(hex(FieldValue.of("a"))).isEqualTo("0161");
        assertThat(hex(FieldValue.of(-12))).isEqualTo("022d3132");
        assertThat(hex(FieldValue.of(1.0))).isEqualTo("03000000000000f03f");
        assertThat(hex(FieldValue.of(true))).isEqualTo("0401");
        assertThat(new String(
                        FieldValue.of(Instant.EPOCH).canonicalBytes(), java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo("\0051970-01-01T00:00:00.000000000Z");
        assertThat(hex(FieldValue.of(List.of(FieldValue.of("a"), FieldValue.of(false)))))
                .isEqualTo("08" + "02000000" + "02000000" + "0161" + "02000000" + "0400");
    }

    @ParameterizedTest
    @CsvSource({
        "01c3,NOT_CANONICAL", // cut off UTF-8
        "0165cc81,NOT_CANONICAL", // e and a combining accent: not NFC
        "02,MALFORMED",
        "022d30,NOT_CANONICAL",
        "02303031,NOT_CANONICAL",
        "022b31,NOT_CANONICAL",
        "0231e9,MALFORMED",
        "0300,MALFORMED",
        "03010000000000f87f,NOT_CANONICAL", // another NaN
        "0402,NOT_CANONICAL",
        "04,NOT_CANONICAL",
        "040100,NOT_CANONICAL",
        "05323032362d31312d32315430383a30303a30305a,NOT_CANONICAL", // no fraction
        "0531,MALFORMED",
        "067368613235363a6162,BAD_DIGEST",
        "08,MALFORMED",
        "08ffffffff,MALFORMED",
        "0801000000,MALFORMED",
        "080100000005000000,MALFORMED",
        "0801000000020000000161ff,NOT_CANONICAL",
        "0900,MALFORMED",
        "00,MALFORMED"
    })
    void parse_anotherForm_isRefused(String hex, Reason reason) {
        assertThatThrownBy(() -> parse(hex))
                .isInstanceOfSatisfying(
                        VerificationException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void parse_tooDeep_isRefused() {
        FieldValue value = FieldValue.of(List.of());
        for (int depth = 1; depth < FieldValue.MAX_DEPTH; depth++) {
            value = FieldValue.of(List.of(value));
        }
        FieldValue deepest = value;
        assertThatThrownBy(() -> FieldValue.of(List.of(deepest))).isInstanceOf(IllegalArgumentException.class);
        byte[] bytes = FieldBytes.list(List.of(deepest));
        assertThatThrownBy(() -> FieldValue.parse(ByteString.copyFrom(bytes)))
                .isInstanceOfSatisfying(
                        VerificationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOO_DEEP));
    }

    @Test
    void of_halfASurrogatePair_isRefused() {
        assertThatThrownBy(() -> FieldValue.of("\ud83c")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void of_yearBeyondTheForm_isRefused() {
        assertThatThrownBy(() -> FieldValue.of(Instant.MAX)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FieldValue.of(Instant.parse("-0001-12-31T00:00:00Z")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sha256",
                "sha256:",
                "md5:d41d8cd98f00b204e9800998ecf8427e",
                "SHA256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "sha256:E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8",
                "sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85",
                "git-sha1:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
            })
    void contentDigest_anotherForm_isRefused(String text) {
        assertThatThrownBy(() -> ContentDigest.parse(text))
                .isInstanceOfSatisfying(
                        VerificationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BAD_DIGEST));
    }

    @Test
    void contentDigest_ofNothing_neverStitches() throws VerificationException {
        ContentDigest empty = ContentDigest.sha256(Hashing.sha256(new byte[0]));
        assertThat(empty.neverStitches()).isTrue();
        assertThat(ContentDigest.parse(empty.toString())).isEqualTo(empty);
        assertThat(ContentDigest.sha256(Hashing.sha256(new byte[1])).neverStitches())
                .isFalse();
    }

    @Test
    void digest_hex_takesOneSpelling() {
        String hex = "ab".repeat(32);
        assertThat(Digest.fromHex(hex).hex()).isEqualTo(hex);
        assertThatThrownBy(() -> Digest.fromHex("AB".repeat(32))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Digest.fromHex("ab")).isInstanceOf(IllegalArgumentException.class);
        assertThat(Digest.fromHex("ff".repeat(32))).isGreaterThan(Digest.fromHex("7f".repeat(32)));
    }
}
