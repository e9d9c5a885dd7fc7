package dev.weft.it.jmh;

import dev.weft.it.load.Bench;
import dev.weft.it.load.BenchOptions;
import dev.weft.it.load.ProcessorTime;
import dev.weft.it.load.Result.Goal;
import dev.weft.it.load.Sheet;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** What {@code ./mvnw -Pbench verify} runs: the steps under JMH, then the daemons under load. */
public final class Benchmarks {
    private static final double MEGA = 1e6;
    private static final int ITERATIONS = 5;

    private Benchmarks() {}

    public static void main(String[] args) throws RunnerException, IOException, VerificationException {
        BenchOptions options = BenchOptions.fromProperties();
        Sheet sheet = new Sheet(options.out());
        tell(sheet, rates(options));
        Bench.run(options, sheet);
    }

    private static Map<String, Double> rates(BenchOptions options) throws RunnerException {
        TimeValue each = TimeValue.milliseconds(Math.min(500, options.time().toMillis() / 15));
        Collection<RunResult> done = new Runner(new OptionsBuilder()
                        .include("dev\\.weft\\.it\\.jmh\\..*")
                        .mode(Mode.Throughput)
                        .forks(1)
                        .warmupIterations(ITERATIONS)
                        .warmupTime(each)
                        .measurementIterations(ITERATIONS)
                        .measurementTime(each)
                        .jvmArgs("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED")
                        .shouldFailOnError(true)
                        .build())
                .run();
        Map<String, Double> rates = new TreeMap<>();
        for (RunResult result : done) {
            rates.put(
                    result.getPrimaryResult().getLabel(),
                    result.getPrimaryResult().getScore());
        }
        return rates;
    }

    private static void tell(Sheet sheet, Map<String, Double> rates) throws VerificationException {
        Hashes hashes = new Hashes();
        hashes.fill();
        Statements statements = new Statements();
        statements.sign();
        double model = (double) Hashes.TENSORS * Hashes.TENSOR_BYTES;
        sheet.tell("bare SHA-256", rate(rates, "bareSha256") * model / MEGA, "MB/s", Goal.NONE, "JMH");
        sheet.tell(
                "model hashing", rate(rates, "model") * model / MEGA, "MB/s", Goal.NONE, "weft-model-v1, 64 tensors");
        sheet.tell(
                "model hashing / bare SHA-256",
                ProcessorTime.share(4, hashes::bareSha256, hashes::model),
                "share",
                Goal.atLeast(0.8),
                "processor time, in turns");
        sheet.tell("Merkle nodes", rate(rates, "merkleNode"), "hashes/s", Goal.NONE, "65 bytes each");
        sheet.tell("bare verification", rate(rates, "bareVerify"), "1/s", Goal.NONE, "one thread");
        sheet.tell("ML-DSA-44 signing", rate(rates, "secondSign"), "1/s", Goal.NONE, "one thread, where required");
        sheet.tell(
                "ML-DSA-44 verification", rate(rates, "secondVerify"), "1/s", Goal.NONE, "one thread, where required");
        sheet.tell("opening a contribution", rate(rates, "open"), "1/s", Goal.NONE, "form and rules");
        sheet.tell(
                "opening and verifying / bare verification",
                ProcessorTime.share(2_000, statements::bareVerify, statements::openAndVerify),
                "share",
                Goal.NONE,
                "processor time, in turns: what the check adds to the signature");
        sheet.tell("signing a contribution", rate(rates, "print"), "1/s", Goal.NONE, "print, sign, open");
    }

    private static double rate(Map<String, Double> rates, String benchmark) {
        Double rate = rates.get(benchmark);
        if (rate == null) {
            throw new IllegalStateException("JMH ran no benchmark " + benchmark);
        }
        return rate;
    }
}
