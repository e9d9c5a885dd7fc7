package dev.weft.node.deliver;

import dev.weft.node.telemetry.Metrics;
import dev.weft.node.telemetry.SecurityEvent;
import dev.weft.node.telemetry.SecurityEvents;
import dev.weft.proto.Reason;
import dev.weft.proto.v1.Refusal;
import io.prometheus.metrics.core.metrics.Counter;
import java.time.InstantSource;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of a refusal: counted, kept beside its statement, told to whoever has to know. */
final class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    /** What the log says where two copies of a directory sign. */
    private static final Set<Reason> TWO_COPIES =
            Set.of(Reason.EQUIVOCATION, Reason.QUARANTINED, Reason.SEQ_TAKEN, Reason.PREV_MISMATCH);

    private final OutboxTables tables;
    private final SecurityEvents events;
    private final InstantSource clock;
    private final Counter count;

    Refusals(OutboxTables tables, Metrics metrics, SecurityEvents events, InstantSource clock) {
        this.tables = tables;
        this.events = events;
        this.clock = clock;
        this.count = metrics.counter("weft_node_refusals", "Statements that the aggregator refused.", "reason");
    }

    void count(Refusal refusal) {
        count.labelValues(Reason.ofCode(refusal.getReason()).map(Reason::code).orElse("other"))
                .inc();
    }

    /** Keeps the one that decides how it goes on. Whoever reads that it was refused finds the event that says why. */
    void keep(Refusal refusal) {
        if (!refusal.getRetry()) {
            Reason.ofCode(refusal.getReason())
                    .filter(TWO_COPIES::contains)
                    .ifPresent(reason -> events.raise(
                            new SecurityEvent.SignedElsewhere(refusal.getSeq(), reason.code(), refusal.getMessage())));
        }
        tables.write(connection -> {
            tables.outbox()
                    .refused(
                            connection,
                            new RefusedStatement(
                                    refusal.getSeq(),
                                    refusal.getReason(),
                                    refusal.getMessage(),
                                    refusal.getRetry(),
                                    clock.instant()));
            return true;
        });
        if (refusal.getRetry()) {
            LOG.warn(
                    "statement {} is refused for now ({}): {}",
                    refusal.getSeq(),
                    refusal.getReason(),
                    refusal.getMessage());
            return;
        }
        LOG.error(
                "statement {} is refused for good ({}): {}; later statements wait behind it",
                refusal.getSeq(),
                refusal.getReason(),
                refusal.getMessage());
    }

    static String forNow(Refusal refusal) {
        return "statement " + refusal.getSeq() + " is refused for now: " + refusal.getMessage();
    }

    static String forGood(Refusal refusal) {
        return "statement " + refusal.getSeq() + " is refused for good (" + refusal.getReason() + "): "
                + refusal.getMessage() + " It is tried once more after a restart.";
    }
}
