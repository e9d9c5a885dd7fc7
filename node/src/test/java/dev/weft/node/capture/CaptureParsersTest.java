package dev.weft.node.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.weft.proto.VerificationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Whatever a tool sends is a value or a refusal, and soon. The long search is the profile {@code fuzz}. */
class CaptureParsersTest {
    private static final int MUTANTS = 400;
    private static final List<String> FRAGMENTS = List.of(
            "[",
            "{\"a\":".repeat(2_000),
            "[".repeat(50_000),
            "9".repeat(5_000),
            "-1e999999999",
            "1e-999999999",
            "18446744073709551616",
            "NaN",
            "null",
            "\"\\ud800\"",
            "\u0000",
            "\ud800",
            "\"kind\":\"run\",",
            "2026-02-30T25:61:61Z",
            "+99999999999-01-01T00:00:00Z",
            "+300000-01-01T00:00:00Z",
            "-0001-12-31T23:59:59Z",
            "\n\n");

    @TestFactory
    Stream<DynamicTest> anyText_isAValueOrARefusal() {
        return CaptureParsers.ALL.stream()
                .map(named -> DynamicTest.dynamicTest(named.name(), () -> {
                    for (String example : named.examples()) {
                        assertThatCode(() -> named.parser().read(example))
                                .as("an example of " + named.name())
                                .doesNotThrowAnyException();
                    }
                    for (String input : inputs(named.examples())) {
                        String what = named.name() + " of " + input.substring(0, Math.min(500, input.length()));
                        assertTimeoutPreemptively(Duration.ofSeconds(2), () -> read(named.parser(), input), what);
                    }
                }));
    }

    private static void read(CaptureParsers.Parser parser, String input) {
        try {
            parser.read(input);
        } catch (VerificationException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        }
    }

    private static List<String> inputs(List<String> examples) {
        SplittableRandom random = new SplittableRandom(20_261_121);
        List<String> inputs = new ArrayList<>(FRAGMENTS);
        inputs.add("");
        for (int i = 0; i < MUTANTS; i++) {
            String mutant = examples.get(random.nextInt(examples.size()));
            for (int times = random.nextInt(4); times >= 0; times--) {
                mutant = mutated(mutant, random);
            }
            inputs.add(mutant);
        }
        return inputs;
    }

    private static String mutated(String text, SplittableRandom random) {
        int at = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), at + random.nextInt(16));
        return switch (random.nextInt(5)) {
            case 0 -> text.substring(0, at);
            case 1 -> text.substring(0, at) + text.substring(to);
            case 2 -> text.substring(0, at) + FRAGMENTS.get(random.nextInt(FRAGMENTS.size())) + text.substring(at);
            case 3 -> text.substring(0, to) + text.substring(at);
            default -> text.substring(0, at) + (char) random.nextInt(0x3000) + text.substring(to);
        };
    }
}
