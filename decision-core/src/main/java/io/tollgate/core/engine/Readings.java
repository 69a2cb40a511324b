/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.BatchMode;
import io.tollgate.core.Plane;
import io.tollgate.core.freshness.FreshnessTable;
import io.tollgate.core.quota.CounterReadings;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldFacts;
import org.jspecify.annotations.Nullable;

/**
 * All that an answer depends on besides the request and the snapshot: the instant, the age of every plane, and the counters that it was
 * judged on. {@link DecisionWorker#readings} fills it after a decision, {@link DecisionWorker#replay} decides by it.
 *
 * <p>Reused; belongs to one thread; filling allocates nothing.
 */
public final class Readings {
    /** {@link #ageNs}: the plane was never confirmed. */
    public static final long NEVER_NS = FreshnessTable.NEVER_NS;
    /** {@link #offered}: all that was asked for was granted or denied. */
    public static final long ALL = 0;

    /** As many entries as a plan of one request has. */
    private static final int MAX_COUNTERS = 256;

    private static final int PLANES = Plane.values().length;

    private final CounterReadings counters = new CounterReadings(MAX_COUNTERS);
    private final long[] agesNs = new long[PLANES + 1];
    private final long[] boundsNs = new long[PLANES + 1];
    private boolean world;
    private long epoch;
    private long version;
    private long deltaSequence;
    private long decidedAtNs;
    private @Nullable BatchMode batch;
    private boolean extending;
    private long offered;
    private Beyond beyond = Beyond.NOTHING;

    /** Forgets everything. */
    public Readings clear() {
        counters.clear();
        for (int plane = 0; plane <= PLANES; plane++) {
            agesNs[plane] = NEVER_NS;
            boundsNs[plane] = 0;
        }
        world = false;
        epoch = 0;
        version = 0;
        deltaSequence = 0;
        decidedAtNs = 0;
        batch = null;
        extending = false;
        offered = ALL;
        beyond = Beyond.NOTHING;
        return this;
    }

    /** Fills it with what the evaluation of a decision has read. */
    void capture(final Evaluation evaluation, final Decision decision, final FreshnessTable freshness) {
        clear();
        decidedAtNs = evaluation.nowEpochNs;
        extending = evaluation.extending;
        final World read = decision.world();
        if (read != null) {
            world = true;
            epoch = read.facts().epoch();
            version = read.facts().version();
            deltaSequence = read.facts().deltaSequence();
            planes(evaluation, decision, freshness, read.facts().bounds());
        }
        if (evaluation.planned != null) {
            counters.capture(evaluation.planned, evaluation.planStart, evaluation.planEnd);
            offered = Math.max(ALL, decision.grantedInPart());
        }
        beyond = Beyond.of(evaluation.request, decision, counters.complete());
    }

    /** Of a plane that the decision used the age that it used; of another the one at the same instant. */
    private void planes(
            final Evaluation evaluation,
            final Decision decision,
            final FreshnessTable freshness,
            final WorldFacts.PlaneBounds bounds) {
        final BatchInstant instant = evaluation.instant;
        for (int plane = 1; plane <= PLANES; plane++) {
            long ageNs = decision.planeAges.ageNs(plane);
            if (ageNs == PlaneAges.NOT_USED) {
                ageNs = instant == null
                        ? freshness.ageNs(plane, evaluation.nowMonotonicNs, evaluation.nowWallMs)
                        : instant.ageNs(plane);
            }
            agesNs[plane] = ageNs;
            boundsNs[plane] = bounds.maxAgeNs(plane);
        }
    }

    /** Says which snapshot it was, and which delta was the last on top of it. */
    public Readings snapshot(final long ofEpoch, final long ofVersion, final long ofDelta) {
        world = true;
        epoch = ofEpoch;
        version = ofVersion;
        deltaSequence = ofDelta;
        return this;
    }

    /** Sets the instant, nanoseconds since 1970. */
    public Readings decidedAtNs(final long value) {
        decidedAtNs = value;
        return this;
    }

    /**
     * Sets how old a plane was.
     *
     * @param ageNs nanoseconds, or {@link #NEVER_NS}
     * @param boundNs the bound in force at the sidecar, nanoseconds
     */
    public Readings plane(final int planeCode, final long ageNs, final long boundNs) {
        agesNs[planeCode] = ageNs;
        boundsNs[planeCode] = boundNs;
        return this;
    }

    /** Sets in what kind of batch the request was judged; null = alone, or in one whose requests stand each on their own. */
    public Readings batch(final @Nullable BatchMode value) {
        batch = value;
        return this;
    }

    /** Says that it was about more under a reservation. */
    public Readings extending(final boolean value) {
        extending = value;
        return this;
    }

    /** Sets what was tried to be granted in place of all that was asked for; {@link #ALL} = that. */
    public Readings offered(final long value) {
        offered = value;
        return this;
    }

    /** Sets what stands against a replay. */
    public Readings beyond(final Beyond value) {
        beyond = value;
        return this;
    }

    /** {@return the counters that it was judged on} */
    public CounterReadings counters() {
        return counters;
    }

    /** {@return whether there was a snapshot} */
    public boolean hasSnapshot() {
        return world;
    }

    /** {@return epoch of the snapshot} */
    public long epoch() {
        return epoch;
    }

    /** {@return version of the snapshot} */
    public long version() {
        return version;
    }

    /** {@return number of the last delta that the snapshot contained, 0 = none} */
    public long deltaSequence() {
        return deltaSequence;
    }

    /** {@return the instant, nanoseconds since 1970} */
    public long decidedAtNs() {
        return decidedAtNs;
    }

    /** {@return how old a plane was, nanoseconds, or {@link #NEVER_NS}} */
    public long ageNs(final int planeCode) {
        return agesNs[planeCode];
    }

    /** {@return the bound of a plane that was in force at the sidecar, nanoseconds} */
    public long boundNs(final int planeCode) {
        return boundsNs[planeCode];
    }

    /** {@return in what kind of batch the request was judged; null = alone} */
    public @Nullable BatchMode batch() {
        return batch;
    }

    /** {@return whether it was about more under a reservation} */
    public boolean extending() {
        return extending;
    }

    /** {@return what was tried to be granted in place of all that was asked for, or {@link #ALL}} */
    public long offered() {
        return offered;
    }

    /** {@return what stands against a replay} */
    public Beyond beyond() {
        return beyond;
    }
}
