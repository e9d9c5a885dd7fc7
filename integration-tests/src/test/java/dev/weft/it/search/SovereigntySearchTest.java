package dev.weft.it.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SovereigntySearchTest {

    private static final RawValue SECRET = RawValue.text("a record 1 dataset.path", "/data/patienten/süd \"7\".csv");
    private static final Control RELEASED = new Control("model", RawValue.text("", "weft-model-v1:abcdef"), "text");

    @Test
    void everyForm_isFoundInTheMiddleOfNoise() {
        Forms.of(SECRET).forEach((form, bytes) -> {
            SearchReport report = search(noise(bytes));
            assertThat(report.found()).as(form).isPositive();
            assertThat(report.findings().get(0).offset()).as(form).isEqualTo(1000);
        });
        assertThat(Forms.of(SECRET)).hasSizeGreaterThan(25);
    }

    @Test
    void base64_ofAnyAlignmentWithinSomethingLarger_isFound() {
        byte[] value = SECRET.text().getBytes(StandardCharsets.UTF_8);
        for (int before = 0; before < 6; before++) {
            byte[] larger = new byte[before + value.length + 5];
            new Random(before).nextBytes(larger);
            System.arraycopy(value, 0, larger, before, value.length);
            assertThat(search(noise(Base64.getEncoder().encode(larger))).found())
                    .isPositive();
            assertThat(search(noise(Base64.getUrlEncoder().encode(larger))).found())
                    .isPositive();
        }
    }

    @Test
    void realNumber_isFoundAsTextAndAsItsEightBytes() {
        RawValue value = RawValue.real("a record 2 metric.accuracy", 0.9736842105263158);
        byte[] bits = value.canonical();
        assertThat(HexFormat.of().formatHex(bits)).isNotEmpty();
        assertThat(new SovereigntySearch(List.of(value), List.of(RELEASED))
                        .run(List.of(noise(bits)))
                        .found())
                .isPositive();
        assertThat(new SovereigntySearch(List.of(value), List.of(RELEASED))
                        .run(List.of(noise("0.9736842105263158".getBytes(StandardCharsets.UTF_8))))
                        .found())
                .isPositive();
    }

    @Test
    void digestString_isFoundAsItsBytesAlone() {
        RawValue value = RawValue.text("a record 3 dataset.digest", "sha256:" + "0123456789abcdef".repeat(4));
        byte[] raw = HexFormat.of().parseHex("0123456789abcdef".repeat(4));
        SearchReport report = new SovereigntySearch(List.of(value), List.of()).run(List.of(noise(raw)));
        assertThat(report.found()).isEqualTo(1);
    }

    @Test
    void roundNumber_isNotTakenForItsZeros() {
        assertThat(Forms.of(RawValue.real("", 1))).isEmpty();
    }

    @Test
    void nothingThere_findsNothingAndSeesTheControl() {
        SearchReport report = search(noise("weft-model-v1:abcdef".getBytes(StandardCharsets.UTF_8)));
        assertThat(report.found()).isZero();
        assertThat(report.controlsFound()).isEqualTo(1);
        assertThat(report.holds()).isTrue();
    }

    @Test
    void controlMissingInOnePlace_doesNotHold() {
        Haystack with = noise("weft-model-v1:abcdef".getBytes(StandardCharsets.UTF_8));
        SearchReport report =
                new SovereigntySearch(List.of(SECRET), List.of(RELEASED)).run(List.of(with, noise(new byte[0])));
        assertThat(report.found()).isZero();
        assertThat(report.holds()).isFalse();
        assertThat(report.missed()).containsExactly("model");
    }

    @Test
    void shortValues_areCountedNotSearched() {
        SearchReport report = new SovereigntySearch(
                        List.of(RawValue.text("a", "12"), RawValue.text("b", "12"), RawValue.text("c", "four")),
                        List.of())
                .run(List.of());
        assertThat(report.rawValues()).isEqualTo(2);
        assertThat(report.tooShort()).isEqualTo(2);
    }

    @Test
    void fiveBytesOfText_areFoundInEveryFormButThePlainOne() {
        RawValue value = RawValue.text("a", "hello");
        assertThat(Forms.of(value).keySet())
                .contains("canonical", "text, hex", "SHA-256 of text")
                .doesNotContain("text");
        assertThat(new SovereigntySearch(List.of(value), List.of())
                        .run(List.of(noise(value.canonical())))
                        .found())
                .isPositive();
    }

    @Test
    void manyPatterns_everyOneFoundAtBothEnds() {
        Random random = new Random(5);
        List<byte[]> patterns = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            byte[] pattern = new byte[Patterns.WINDOW + random.nextInt(60)];
            random.nextBytes(pattern);
            System.arraycopy("same".getBytes(StandardCharsets.US_ASCII), 0, pattern, 0, 4);
            patterns.add(pattern);
        }
        Patterns index = new Patterns(patterns);
        for (int i = 0; i < patterns.size(); i++) {
            List<Integer> found = new ArrayList<>();
            index.scan(patterns.get(i), (pattern, offset) -> found.add(pattern));
            assertThat(found).contains(i);
        }
    }

    @Test
    void tooShortPattern_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Patterns(List.of(new byte[5])));
    }

    private static SearchReport search(Haystack haystack) {
        return new SovereigntySearch(List.of(SECRET), List.of(RELEASED)).run(List.of(haystack));
    }

    /** A thousand random bytes, the needle, a thousand more. */
    private static Haystack noise(byte[] needle) {
        Random random = new Random(1);
        byte[] before = new byte[1000];
        byte[] after = new byte[1000];
        random.nextBytes(before);
        random.nextBytes(after);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(before);
        all.writeBytes(needle);
        all.writeBytes(after);
        return part -> part.accept("noise", all.toByteArray());
    }
}
