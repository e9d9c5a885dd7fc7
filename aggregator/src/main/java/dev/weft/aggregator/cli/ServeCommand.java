package dev.weft.aggregator.cli;

import dev.weft.aggregator.Aggregator;
import dev.weft.aggregator.config.AggregatorConfig;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "serve", description = "Run the daemon until it is told to stop (SIGTERM).")
final class ServeCommand implements Callable<Integer> {
    @Mixin
    private Place place = new Place();

    @Override
    public Integer call() throws Exception {
        AggregatorConfig config = place.config();
        Aggregator aggregator = Aggregator.start(config, new SecureRandom(), InstantSource.system());
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            aggregator.close();
                            stopped.countDown();
                        },
                        "weft-stop"));
        double seconds = ManagementFactory.getRuntimeMXBean().getUptime() / 1e3;
        place.out()
                .println(String.format(
                        Locale.ROOT,
                        "weft-aggregator ready in %.2f s: grpc %s http %s %s",
                        seconds,
                        aggregator.running().grpc(),
                        aggregator.running().http(),
                        aggregator.description()));
        place.out().flush();
        stopped.await();
        return 0;
    }
}
