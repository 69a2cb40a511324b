/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.quota.CellKind;
import io.tollgate.core.quota.Gcra;
import io.tollgate.core.quota.TakePlan;
import org.jspecify.annotations.Nullable;

/**
 * The ceilings that one decision was charged against, with their numbers; in the order of the take: widest scope first, within a scope as
 * the row has them.
 *
 * <p>A view over the plan of the worker that decided: numbers that cost a division or a search are worked out when somebody asks, and most
 * answers show one ceiling of twenty. Readable until that worker decides again or ends its turn. Belongs to the worker's thread.
 */
public final class CeilingStates {
    /** No ceiling. */
    public static final int NONE = -1;
    /** {@link #resetsAtMs}: it never starts again. */
    public static final long NEVER_RESETS = 0;

    private static final long NS_PER_MS = 1_000_000L;

    private @Nullable TakePlan plan;
    private int start;
    private int end;
    private int binding = NONE;

    CeilingStates() {}

    void reset() {
        plan = null;
        binding = NONE;
    }

    /** Shows the entries of a plan from one index to another, exclusive. */
    void show(final TakePlan evaluated, final int from, final int to) {
        plan = evaluated;
        start = from;
        end = to;
    }

    void binding(final int index) {
        binding = index;
    }

    /** {@return how many ceilings there are} */
    public int size() {
        return plan == null ? 0 : end - start;
    }

    /** {@return the ceiling that the answer names, or {@link #NONE}} */
    public int binding() {
        return binding;
    }

    /** {@return where the ceiling is, for {@link io.tollgate.core.world.CeilingRow#wrap}} */
    public long ceilingRef(final int index) {
        return shown().tag(start + index);
    }

    /** {@return used, in the dimension's unit: as found, or as left when the decision took} */
    public long used(final int index) {
        return shown().used(start + index);
    }

    /** {@return what still fits; negative on an overdrawn soft ceiling; {@link Long#MAX_VALUE} without a limit} */
    public long remaining(final int index) {
        return shown().remaining(start + index);
    }

    /** {@return what the request asked of it} */
    public long requested(final int index) {
        return shown().amount(start + index);
    }

    /** {@return when it starts again (PERIOD) or is full again (RATE), milliseconds since 1970, or {@link #NEVER_RESETS}} */
    public long resetsAtMs(final int index) {
        final TakePlan shown = shown();
        final int entry = start + index;
        if (shown.kind(entry) == CellKind.RATE) {
            final long waitNs = shown.fullAfterNs(entry);
            return waitNs == Gcra.NEVER ? NEVER_RESETS : (shown.nowEpochNs() + waitNs + NS_PER_MS - 1) / NS_PER_MS;
        }
        final long endMs = shown.resetEpochMs(entry);
        return endMs == Long.MAX_VALUE ? NEVER_RESETS : endMs;
    }

    /** {@return whether the request fits under it, hard or soft} */
    public boolean fits(final int index) {
        return shown().fits(start + index) && !shown().overLimit(start + index);
    }

    private TakePlan shown() {
        if (plan == null) {
            throw new IndexOutOfBoundsException("the decision was charged against no ceiling; ask size() first");
        }
        return plan;
    }
}
