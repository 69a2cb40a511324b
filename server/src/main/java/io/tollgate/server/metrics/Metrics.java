/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tollgate.core.Outcome;
import io.tollgate.core.Reason;
import io.tollgate.core.ReasonClass;
import io.tollgate.core.reservation.EndOutcome;
import io.tollgate.loader.LoaderStatus.DurationFacts;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * The Prometheus page. It reads the counters of the event loops when it is asked and keeps nothing of its own but the
 * sum of what was timed. For any thread; pages are made one at a time.
 *
 * <p>Micrometer refers weakly to what a function counter is made from: that is this object, never the caller's function.
 */
public final class Metrics implements AutoCloseable {
    private static final String CLASS_NONE = "NONE";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final Supplier<List<LaneCounters>> lanes;
    private final boolean[][] registered = new boolean[Outcome.values().length][Reason.values().length];

    /**
     * Registers what every sidecar has.
     *
     * @param lanes the counters of the event loops
     */
    public Metrics(final Supplier<List<LaneCounters>> lanes) {
        this.lanes = lanes;
        register(Outcome.ALLOW, Reason.OK);
        for (final ShedCause cause : ShedCause.values()) {
            FunctionCounter.builder("tollgate.shed", cause, any -> sum(lane -> lane.shedCount(cause)))
                    .tag("cause", cause.label())
                    .description("Questions answered DENY / OVERLOADED without evaluation")
                    .register(registry);
        }
        for (final EndOutcome outcome : EndOutcome.values()) {
            if (outcome.code() != 0) {
                FunctionCounter.builder("tollgate.settlements", outcome, any -> sum(lane -> lane.endedCount(outcome)))
                        .tag("outcome", outcome.name())
                        .description("Settle and Release calls by what became of them")
                        .register(registry);
            }
        }
        settlements();
        registry.getPrometheusRegistry().register(new DecisionDurations(lanes));
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        gc.bindTo(registry);
    }

    private void settlements() {
        for (final SettlementResult result : SettlementResult.values()) {
            counter(
                    "tollgate.envoy.settlements",
                    "result",
                    result.label(),
                    "Reservations by what an entry of Envoy's access log made of them",
                    () -> settled(result));
        }
        final String amounts = "Amounts that Envoy's access log should have told: missing, or invalid";
        counter(
                "tollgate.envoy.amounts.unknown",
                "cause",
                "missing",
                amounts,
                () -> settling(SettlementCounters::missingCount));
        counter(
                "tollgate.envoy.amounts.unknown",
                "cause",
                "invalid",
                amounts,
                () -> settling(SettlementCounters::invalidCount));
        counter(
                "tollgate.envoy.log.entries",
                "Entries of Envoy's access log that were read, whatever they were about",
                () -> settling(SettlementCounters::entryCount));
        counter(
                "tollgate.envoy.log.messages.refused",
                "Messages of Envoy's access log that could not be read; all their entries are lost",
                () -> settling(SettlementCounters::refusedCount));
        gauge(
                "tollgate.envoy.settlements.waiting",
                "Ends of reservations that could not be done yet and are tried again",
                () -> settling(SettlementCounters::waitingCount));
    }

    /** {@return how many reservations an entry of Envoy's access log brought to this} */
    public long settled(final SettlementResult result) {
        return settling(counts -> counts.count(result));
    }

    /** {@return sum over all event loops of what they did with Envoy's access log} */
    public long settling(final ToLongFunction<SettlementCounters> count) {
        return sum(lane -> count.applyAsLong(lane.settlements()));
    }

    /** Adds a value that goes up and down. */
    public void gauge(final String name, final String description, final DoubleSupplier value) {
        Gauge.builder(name, value::getAsDouble)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    /** Adds a value that goes up and down, one of several told apart by a label. */
    public void gauge(
            final String name,
            final String label,
            final String labelValue,
            final String description,
            final DoubleSupplier value) {
        Gauge.builder(name, value::getAsDouble)
                .tag(label, labelValue)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    /** Adds a value that only goes up. */
    public void counter(final String name, final String description, final LongSupplier value) {
        FunctionCounter.builder(name, this, any -> value.getAsLong())
                .description(description)
                .register(registry);
    }

    /** Adds a value that only goes up, one of several told apart by a label. */
    public void counter(
            final String name,
            final String label,
            final String labelValue,
            final String description,
            final LongSupplier value) {
        FunctionCounter.builder(name, this, any -> value.getAsLong())
                .tag(label, labelValue)
                .description(description)
                .register(registry);
    }

    /** Adds a value that only goes up, one of several told apart by labels. */
    public void counter(
            final String name, final Map<String, String> labels, final String description, final LongSupplier value) {
        final FunctionCounter.Builder<Metrics> counter =
                FunctionCounter.builder(name, this, any -> value.getAsLong()).description(description);
        labels.forEach(counter::tag);
        counter.register(registry);
    }

    /** Adds the histogram of how long deltas took. */
    public void deltaDurations(final Supplier<DurationFacts> durations) {
        registry.getPrometheusRegistry().register(new DeltaDurations(durations));
    }

    /** {@return the page in Prometheus' text format} */
    public synchronized String page() {
        for (final Outcome outcome : Outcome.values()) {
            for (final Reason reason : Reason.values()) {
                if (!registered[outcome.ordinal()][reason.ordinal()] && decided(outcome, reason) > 0) {
                    register(outcome, reason);
                }
            }
        }
        return registry.scrape();
    }

    /** {@return how many answers of this kind were given} */
    public long decided(final Outcome outcome, final Reason reason) {
        return sum(lane -> lane.decided(outcome.ordinal(), reason.ordinal()));
    }

    /** {@return how many questions were answered without evaluation} */
    public long shedCount() {
        long count = 0;
        for (final ShedCause cause : ShedCause.values()) {
            count += sum(lane -> lane.shedCount(cause));
        }
        return count;
    }

    private void register(final Outcome outcome, final Reason reason) {
        registered[outcome.ordinal()][reason.ordinal()] = true;
        final ReasonClass reasonClass = reason.reasonClass();
        FunctionCounter.builder("tollgate.decisions", reason, any -> decided(outcome, reason))
                .tag("outcome", outcome.name())
                .tag("class", reasonClass == null ? CLASS_NONE : reasonClass.name())
                .tag("reason", reason.name())
                .description("Answers given")
                .register(registry);
    }

    private long sum(final ToLongFunction<LaneCounters> count) {
        long sum = 0;
        for (final LaneCounters lane : lanes.get()) {
            sum += count.applyAsLong(lane);
        }
        return sum;
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
