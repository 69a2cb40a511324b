/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

/**
 * The state of the counters that a plan was judged on, entry by entry in the plan's order: what a replay needs in their place. Of an entry
 * the value is that of the read that justifies the answer, or of the successful take; so it is exact under contention, also where two
 * entries count on one cell and somebody else came between them.
 *
 * <p>Belongs to one thread; allocates nothing after construction.
 */
public final class CounterReadings {
    private final long[] ordinals;
    private final long[] values;
    private int size;
    private boolean taken;
    private boolean complete = true;

    /**
     * Room for so many entries.
     *
     * @param capacity at least 1
     */
    public CounterReadings(final int capacity) {
        ordinals = new long[capacity];
        values = new long[capacity];
    }

    /** Forgets everything. */
    public void clear() {
        size = 0;
        taken = false;
        complete = true;
    }

    /** Copies what a plan that was checked or taken found, from one entry up to another, exclusive. */
    public void capture(final TakePlan plan, final int from, final int to) {
        clear();
        taken = plan.taken();
        for (int entry = from; entry < to; entry++) {
            add(plan.kind[entry] == CellKind.PERIOD ? plan.clock[entry] : 0, plan.before[entry]);
        }
    }

    /**
     * Adds the state of the next entry's counter; beyond the room nothing is kept and {@link #complete} is false.
     *
     * @param ordinal of a PERIOD the one in effect; else 0
     * @param value used; of a RATE the position
     */
    public void add(final long ordinal, final long value) {
        if (size == values.length) {
            complete = false;
            return;
        }
        ordinals[size] = ordinal;
        values[size++] = value;
    }

    /** Says whether the plan was taken, or only looked at. */
    public void taken(final boolean value) {
        taken = value;
    }

    /** {@return whether the plan was taken, or only looked at} */
    public boolean taken() {
        return taken;
    }

    /** {@return whether there was room for all entries} */
    public boolean complete() {
        return complete;
    }

    /** {@return how many entries} */
    public int size() {
        return size;
    }

    /** {@return ordinal of the period that counts; 0 for other kinds} */
    public long ordinal(final int entry) {
        return ordinals[entry];
    }

    /** {@return used before anything was taken; of a RATE the position} */
    public long value(final int entry) {
        return values[entry];
    }
}
