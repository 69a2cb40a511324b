/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.capacity.CapacityTables;
import io.tollgate.core.quota.TakePlan;
import org.jspecify.annotations.Nullable;

/**
 * Which pools serve one decision, or why none does: one line for each charge on a dimension of kind CAPACITY that is served, in the
 * order of
 * the charges; on a deny by CAPACITY only the line of the charge that is not, with the first candidate.
 *
 * <p>Like {@link CeilingStates} a view over the plan of the worker that decided; readable until that worker decides again or ends its turn.
 * Belongs to the worker's thread.
 */
public final class CapacityState {
    /** No pool. */
    public static final int NONE = CapacityTables.NONE;

    private final int[] dimensions = new int[Evaluation.MAX_CHARGES];
    private final long[] amounts = new long[Evaluation.MAX_CHARGES];
    /** Entry of the plan, or NONE. */
    private final int[] entries = new int[Evaluation.MAX_CHARGES];

    private @Nullable TakePlan plan;
    private int size;

    CapacityState() {}

    void reset() {
        plan = null;
        size = 0;
    }

    void show(final TakePlan evaluated, final Evaluation evaluation) {
        final CapacityFacts facts = evaluation.capacity;
        plan = evaluated;
        size = 0;
        for (int i = 0; i < facts.count; i++) {
            if (facts.denied >= 0 && facts.denied != i) {
                continue;
            }
            dimensions[size] = evaluation.chargeDimensions[facts.charges[i]];
            amounts[size] = evaluation.chargeAmounts[facts.charges[i]];
            entries[size++] = entry(evaluated, facts, i);
        }
    }

    private static int entry(final TakePlan evaluated, final CapacityFacts facts, final int index) {
        for (int entry = facts.from[index]; entry < facts.to[index]; entry++) {
            if (evaluated.fits(entry) && !evaluated.skipped(entry)) {
                return entry;
            }
        }
        return facts.from[index] < facts.to[index] ? facts.from[index] : NONE;
    }

    /** {@return how many lines there are} */
    public int size() {
        return size;
    }

    /** {@return position of the charged dimension in the registry} */
    public int dimensionId(final int index) {
        return dimensions[index];
    }

    /**
     * {@return number of the pool in {@link io.tollgate.core.world.World#pools()}, or {@link #NONE} when no pool can serve such a
     * request}
     */
    public int pool(final int index) {
        return plan == null || entries[index] < 0 ? NONE : (int) plan.tag(entries[index]);
    }

    /** {@return what was free when the pool was observed; 0 without a pool} */
    public long available(final int index) {
        return plan == null || entries[index] < 0 ? 0 : plan.limit(entries[index]);
    }

    /** {@return taken of the pool since then: as found, or as left when the decision took; 0 without a pool} */
    public long used(final int index) {
        return plan == null || entries[index] < 0 ? 0 : plan.used(entries[index]);
    }

    /** {@return what the request asks for} */
    public long requested(final int index) {
        return amounts[index];
    }
}
