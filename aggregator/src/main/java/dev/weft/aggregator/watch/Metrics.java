package dev.weft.aggregator.watch;

import dev.weft.proto.Reason;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The aggregator's metrics, each made once, with its labels resolved ahead of the hot path. */
public final class Metrics {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Counter accepted = Counter.builder()
            .name("weft_statements_accepted_total")
            .help("Statements appended to the log")
            .register(registry);
    private final Counter refused = Counter.builder()
            .name("weft_statements_refused_total")
            .help("Statements refused, by reason code")
            .labelNames("reason")
            .register(registry);
    private final Counter repeated = Counter.builder()
            .name("weft_statements_repeated_total")
            .help("Statements that the log already had")
            .register(registry);
    private final Counter events = Counter.builder()
            .name("weft_security_events_total")
            .help("Events that an operator must see, by kind")
            .labelNames("event")
            .register(registry);
    private final Counter stageSeconds = Counter.builder()
            .name("weft_intake_seconds_total")
            .help("Time spent in each stage of intake")
            .labelNames("stage")
            .register(registry);
    private final Histogram batch = Histogram.builder()
            .name("weft_batch_statements")
            .help("Statements in one transaction")
            .classicOnly()
            .classicUpperBounds(1, 4, 16, 64, 256, 1024)
            .register(registry);
    private final Gauge streams =
            Gauge.builder().name("weft_streams").help("Open exchange streams").register(registry);
    private final Gauge size = Gauge.builder()
            .name("weft_log_size")
            .help("Size of the newest published checkpoint")
            .register(registry);
    private final Gauge finality = Gauge.builder()
            .name("weft_log_final")
            .help("Size of the newest checkpoint with a quorum of cosignatures")
            .register(registry);
    private final Gauge projected = Gauge.builder()
            .name("weft_log_projected")
            .help("Entries below this are in the graph")
            .register(registry);
    private final Map<Reason, CounterDataPoint> refusals = new EnumMap<>(Reason.class);
    private final Map<Stage, CounterDataPoint> stages = new EnumMap<>(Stage.class);

    /** A stage of intake on its way to a receipt. */
    public enum Stage {
        CHECK,
        STORE,
        PUBLISH,
        PROJECT,
        ANSWER
    }

    public Metrics() {
        for (Reason reason : Reason.values()) {
            refusals.put(reason, refused.labelValues(reason.code()));
        }
        for (Stage stage : Stage.values()) {
            stages.put(stage, stageSeconds.labelValues(stage.name().toLowerCase(Locale.ROOT)));
        }
    }

    public PrometheusRegistry registry() {
        return registry;
    }

    public void accepted(int statements) {
        accepted.inc(statements);
        batch.observe(statements);
    }

    public void repeated() {
        repeated.inc();
    }

    public void refused(Reason reason) {
        CounterDataPoint count = refusals.get(reason);
        if (count != null) {
            count.inc();
        }
    }

    /** Adds the time since {@code startNanos} to a stage. */
    public void spent(Stage stage, long startNanos) {
        CounterDataPoint seconds = stages.get(stage);
        if (seconds != null) {
            seconds.inc((System.nanoTime() - startNanos) / 1e9);
        }
    }

    public void streamOpened() {
        streams.inc();
    }

    public void streamClosed() {
        streams.dec();
    }

    public void published(long logSize) {
        size.set((double) logSize);
    }

    public void finality(long logSize) {
        finality.set((double) logSize);
    }

    public void projected(long next) {
        projected.set((double) next);
    }

    void securityEvent(String name) {
        events.labelValues(name).inc();
    }
}
