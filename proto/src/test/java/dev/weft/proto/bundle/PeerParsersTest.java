package dev.weft.proto.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import dev.weft.proto.Reason;
import dev.weft.proto.Refused;
import dev.weft.proto.VerificationException;
import dev.weft.proto.note.Checkpoint;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Whatever a peer sends is a value or a refusal, soon and in little memory. The long search is the profile {@code fuzz}. */
class PeerParsersTest {
    private static final int MUTANTS = 250;
    private static final Duration EACH = Duration.ofSeconds(2);
    private static final long BYTES = 64L << 20;
    /** What has broken parsers before: lengths that lie, depth, numbers at their edges, text that is none. */
    private static final List<ByteString> FRAGMENTS = List.of(
            ByteString.fromHex("ffffffffffffffffff7f"),
            ByteString.fromHex("ffffffff0f"),
            ByteString.fromHex("ffffffff"),
            ByteString.fromHex("c080"),
            ByteString.fromHex("eda080"),
            ByteString.fromHex("00"),
            ByteString.copyFromUtf8("["),
            ByteString.copyFromUtf8("{\"a\":".repeat(2_000)),
            ByteString.copyFromUtf8("[".repeat(20_000)),
            ByteString.copyFromUtf8("9".repeat(5_000)),
            ByteString.copyFromUtf8("-1e999999999"),
            ByteString.copyFromUtf8("18446744073709551616"),
            ByteString.copyFromUtf8("9223372036854775807"),
            ByteString.copyFromUtf8("\\ud800"),
            ByteString.copyFromUtf8("— "),
            ByteString.copyFromUtf8("\n\n"));

    /** What Jazzer found. */
    @Test
    void checkpointOfAnOriginWithControlCharacters_isRefused() {
        String text = "log\u0001\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
        Refused.with(Reason.MALFORMED, () -> Checkpoint.parse(text));
    }

    @TestFactory
    Stream<DynamicTest> anyBytes_areAValueOrARefusal() {
        return PeerParsers.parsers().stream()
                .map(named -> DynamicTest.dynamicTest(named.name(), () -> {
                    for (ByteString example : named.examples()) {
                        assertThatCode(() -> named.parser().read(example))
                                .as("an example of " + named.name())
                                .doesNotThrowAnyException();
                    }
                    for (ByteString input : inputs(named.examples())) {
                        bounded(named, input);
                    }
                }));
    }

    private static void bounded(PeerParsers.Named named, ByteString input) {
        String what = named.name() + " of " + hex(input);
        long used = assertTimeoutPreemptively(EACH, () -> allocated(named.parser(), input), what);
        assertThat(used).as(what).isLessThan(BYTES);
    }

    private static long allocated(PeerParsers.Parser parser, ByteString input) throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        try {
            parser.read(input);
        } catch (VerificationException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    /** Enough of it to put it into the corpus. */
    private static String hex(ByteString input) {
        StringBuilder hex = new StringBuilder();
        input.substring(0, Math.min(400, input.size())).forEach(b -> hex.append("%02x".formatted(b)));
        return hex.toString();
    }

    private static List<ByteString> inputs(List<ByteString> examples) {
        SplittableRandom random = new SplittableRandom(20_261_121);
        List<ByteString> inputs = new ArrayList<>(FRAGMENTS);
        inputs.add(ByteString.EMPTY);
        for (int i = 0; i < MUTANTS && !examples.isEmpty(); i++) {
            ByteString mutant = examples.get(random.nextInt(examples.size()));
            for (int times = random.nextInt(4); times >= 0; times--) {
                mutant = mutated(mutant, random);
            }
            inputs.add(mutant);
        }
        return inputs;
    }

    private static ByteString mutated(ByteString bytes, SplittableRandom random) {
        int at = random.nextInt(bytes.size() + 1);
        int to = Math.min(bytes.size(), at + random.nextInt(16));
        ByteString head = bytes.substring(0, at);
        return switch (random.nextInt(5)) {
            case 0 -> head;
            case 1 -> head.concat(bytes.substring(to));
            case 2 ->
                head.concat(FRAGMENTS.get(random.nextInt(FRAGMENTS.size()))).concat(bytes.substring(at));
            case 3 -> bytes.substring(0, to).concat(bytes.substring(at));
            default -> {
                byte[] changed = bytes.toByteArray();
                if (changed.length > 0) {
                    changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
                }
                yield ByteString.copyFrom(changed);
            }
        };
    }
}
