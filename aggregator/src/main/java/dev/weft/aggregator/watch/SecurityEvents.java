package dev.weft.aggregator.watch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes security events from any thread: one log line, one count, and the newest ones for {@code status}. */
public final class SecurityEvents {
    private static final Logger log = LoggerFactory.getLogger("weft.security");
    private static final int KEPT = 100;

    private final Metrics metrics;
    private final Deque<SecurityEvent> newest = new ArrayDeque<>();

    public SecurityEvents(Metrics metrics) {
        this.metrics = metrics;
    }

    public void raise(SecurityEvent event) {
        log.warn("{}", event);
        metrics.securityEvent(event.name());
        synchronized (newest) {
            if (newest.size() == KEPT) {
                newest.removeFirst();
            }
            newest.addLast(event);
        }
    }

    /** Oldest first, at most 100. */
    public List<SecurityEvent> newest() {
        synchronized (newest) {
            return List.copyOf(newest);
        }
    }
}
