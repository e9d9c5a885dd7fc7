package dev.weft.node;

import dev.weft.node.deliver.Deliverer;
import dev.weft.node.deliver.Peer;
import dev.weft.node.join.CertificateRenewal;
import dev.weft.node.telemetry.Metrics;
import dev.weft.proto.VerificationException;
import io.prometheus.metrics.core.metrics.Counter;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renews the certificate when its time has come, and moves delivery over to the new one. */
final class Renewals implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Renewals.class);
    private static final Duration FIRST_WAIT = Duration.ofSeconds(2);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private final CertificateRenewal renewal;
    private final Peer peer;
    private final Deliverer deliverer;
    private final InstantSource clock;
    private final Counter failures;
    private final ScheduledExecutorService timer;
    /** Monotonic: a clock that is set back must not make a pause of seconds one of years. */
    private long pauseBegun;

    private Duration pause = Duration.ZERO;

    Renewals(CertificateRenewal renewal, Peer peer, Deliverer deliverer, Metrics metrics, InstantSource clock) {
        this.renewal = renewal;
        this.peer = peer;
        this.deliverer = deliverer;
        this.clock = clock;
        failures = metrics.counter("weft_node_renewal_failures", "Attempts to renew the certificate that failed.");
        metrics.gauge(
                "weft_node_certificate_ends_seconds",
                "End of the certificate, Unix time.",
                () -> renewal.endsAt().getEpochSecond());
        timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "weft-renew");
            thread.setDaemon(true);
            return thread;
        });
    }

    void start() {
        var unused = timer.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
    }

    private void look() {
        Instant now = clock.instant();
        boolean paused = System.nanoTime() - pauseBegun < pause.toNanos();
        if (paused || !renewal.isDue(now)) {
            return;
        }
        try {
            if (renewal.renewIfDue(peer)) {
                LOG.info("the certificate was renewed, it ends {}", renewal.endsAt());
                deliverer.reconnect();
            }
            pause = Duration.ZERO;
        } catch (IOException | VerificationException | RuntimeException e) {
            failures.inc();
            LOG.warn("the certificate ends {} and could not be renewed: {}", renewal.endsAt(), e.getMessage());
            Duration next = pause.isZero() ? FIRST_WAIT : pause.multipliedBy(2);
            pause = next.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : next;
            pauseBegun = System.nanoTime();
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
