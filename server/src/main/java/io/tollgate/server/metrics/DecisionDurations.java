/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * {@code tollgate_decision_duration_seconds}: how long single decisions took from the parsed question to the built
 * answer, one of every
 * {@value LaneCounters#TIMED_ONE_OF} timed. Its count is the number of timed decisions, not of all.
 */
final class DecisionDurations implements Collector {
    private static final double NS_PER_S = 1e9;
    private static final long[] BOUNDS_NS = {
        500,
        1_000,
        2_000,
        3_000,
        5_000,
        7_500,
        10_000,
        15_000,
        20_000,
        30_000,
        50_000,
        100_000,
        250_000,
        500_000,
        1_000_000,
        2_500_000,
        5_000_000,
        10_000_000,
        50_000_000,
        100_000_000
    };

    private final Supplier<List<LaneCounters>> lanes;
    private final Histogram sum = new Histogram(10_000_000_000L, 2);

    DecisionDurations(final Supplier<List<LaneCounters>> lanes) {
        this.lanes = lanes;
    }

    @Override
    public synchronized MetricSnapshot collect() {
        for (final LaneCounters lane : lanes.get()) {
            lane.drainLatency(sum);
        }
        final ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        long lowNs = 0;
        for (final long boundNs : BOUNDS_NS) {
            buckets.bucket(boundNs / NS_PER_S, sum.getCountBetweenValues(lowNs, boundNs));
            lowNs = sum.nextNonEquivalentValue(boundNs);
        }
        buckets.bucket(Double.POSITIVE_INFINITY, sum.getCountBetweenValues(lowNs, sum.getHighestTrackableValue()));
        return HistogramSnapshot.builder()
                .name("tollgate_decision_duration_seconds")
                .help("Single decisions from the parsed question to the built answer; one of "
                        + LaneCounters.TIMED_ONE_OF + " is timed")
                .dataPoint(HistogramSnapshot.HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(buckets.build())
                        .sum(sum.getMean() * sum.getTotalCount() / NS_PER_S)
                        .build())
                .build();
    }
}
