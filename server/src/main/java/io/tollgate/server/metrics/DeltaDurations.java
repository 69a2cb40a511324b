/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.tollgate.loader.LoaderStatus.DurationFacts;
import java.util.function.Supplier;

/** {@code tollgate_delta_apply_duration_seconds}: from the arrival of a delta to the decision that knows it. */
final class DeltaDurations implements Collector {
    private static final double NS_PER_S = 1e9;

    private final Supplier<DurationFacts> durations;

    DeltaDurations(final Supplier<DurationFacts> durations) {
        this.durations = durations;
    }

    @Override
    public MetricSnapshot collect() {
        final DurationFacts facts = durations.get();
        final ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < facts.counts().size(); i++) {
            final double upperBound = i < DurationFacts.BOUNDS_NS.size()
                    ? DurationFacts.BOUNDS_NS.get(i) / NS_PER_S
                    : Double.POSITIVE_INFINITY;
            buckets.bucket(upperBound, facts.counts().get(i));
        }
        return HistogramSnapshot.builder()
                .name("tollgate_delta_apply_duration_seconds")
                .help(
                        "From the arrival of deltas at the sidecar until decisions know them; those that came together count once")
                .dataPoint(HistogramSnapshot.HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(buckets.build())
                        .sum(facts.sumNs() / NS_PER_S)
                        .build())
                .build();
    }
}
