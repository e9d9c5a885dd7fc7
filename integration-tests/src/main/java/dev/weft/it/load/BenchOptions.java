package dev.weft.it.load;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How long and how much; from system properties.
 *
 * @param time of each measurement that is stated per second
 * @param sites that send
 * @param idleSites that are connected at most
 * @param rate of statements that is aimed at
 * @param contributions in the largest graph
 * @param witnesses members that mirror and cosign
 * @param leaves in the largest log
 */
public record BenchOptions(
        Path out, Duration time, int sites, int idleSites, double rate, int contributions, int witnesses, long leaves) {

    /**
     * {@code bench.seconds} (60), {@code bench.sites} (100), {@code bench.idle} (1,000), {@code bench.rate} (8,000),
     * {@code bench.contributions} (500,000), {@code bench.witnesses} (20), {@code bench.leaves}
     * (10,000,000).
     */
    public static BenchOptions fromProperties() {
        int seconds = Integer.getInteger("bench.seconds", 60);
        return new BenchOptions(
                Path.of(System.getProperty("bench.out", "target")).toAbsolutePath(),
                Duration.ofSeconds(seconds),
                Integer.getInteger("bench.sites", 100),
                Integer.getInteger("bench.idle", 1_000),
                Integer.getInteger("bench.rate", 8_000),
                Integer.getInteger("bench.contributions", 500_000),
                Integer.getInteger("bench.witnesses", 20),
                Long.getLong("bench.leaves", 10_000_000));
    }

    /** A shorter time than the measured one, for warming up. */
    Duration warmUp() {
        return time.dividedBy(4).plusSeconds(1);
    }
}
