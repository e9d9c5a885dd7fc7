package dev.weft.node.telemetry;

import io.prometheus.metrics.core.metrics.Counter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the log line, counts, and keeps the last few for {@code status}. Safe for many threads. */
public final class SecurityEvents {
    /** One event and when it was noticed. */
    public record Noticed(Instant at, SecurityEvent event) {}

    private static final Logger LOG = LoggerFactory.getLogger("weft.security");
    private static final int KEPT = 20;

    private final InstantSource clock;
    private final Counter counter;
    private final Deque<Noticed> recent = new ArrayDeque<>();

    public SecurityEvents(InstantSource clock, Metrics metrics) {
        this.clock = clock;
        this.counter = metrics.counter(
                "weft_node_security_events", "Events that honest peers on sound disks do not cause.", "type");
    }

    /** Makes the event seen. Never throws. */
    public void raise(SecurityEvent event) {
        LOG.error("SECURITY {}: {}", event.type(), event.sentence());
        counter.labelValues(event.type()).inc();
        synchronized (recent) {
            if (recent.size() == KEPT) {
                recent.removeFirst();
            }
            recent.addLast(new Noticed(clock.instant(), event));
        }
    }

    /** The last events of this process, oldest first, at most 20. */
    public List<Noticed> recent() {
        synchronized (recent) {
            return List.copyOf(recent);
        }
    }
}
