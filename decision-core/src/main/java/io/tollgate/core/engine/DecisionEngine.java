/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.DecisionClock;
import io.tollgate.core.freshness.FreshnessTable;
import io.tollgate.core.journal.UsageDesk;
import io.tollgate.core.journal.UsageLog;
import io.tollgate.core.quota.Cells;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.quota.Taker;
import io.tollgate.core.reservation.ReservationStore;
import io.tollgate.core.reservation.ReservationSweeper;
import io.tollgate.core.world.WorldHolder;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What all workers share: the worlds, the counters, the ages, the clock. Made once; hands out workers.
 *
 * <p>Safe for any thread.
 */
public final class DecisionEngine {
    private static final int SEGMENTS_IN_MEMORY = 4;

    private final WorldHolder worlds;
    private final Cells cells;
    private final InFlight inFlight;
    private final FreshnessTable freshness;
    private final DecisionClock clock;
    private final ReservationStore reservations;
    private final @Nullable UsageLog journal;
    private final AtomicInteger workers = new AtomicInteger();

    /**
     * Joins the parts.
     *
     * @param worlds    gives as many workers as it has slots
     * @param cells     the counters that the worlds' ceilings refer to
     * @param inFlight  of the same size as worlds; shared by all who take from the cells
     * @param freshness kept by the loader
     * @param clock     read once per decision
     * @param reservations refer to the same counters
     * @param journal where usage is recorded; null = nowhere
     */
    public DecisionEngine(
            final WorldHolder worlds,
            final Cells cells,
            final InFlight inFlight,
            final FreshnessTable freshness,
            final DecisionClock clock,
            final ReservationStore reservations,
            final @Nullable UsageLog journal) {
        if (inFlight.workers() < worlds.workers()) {
            throw new IllegalArgumentException("inFlight has room for " + inFlight.workers()
                    + " workers and worlds for " + worlds.workers() + "; make them the same size.");
        }
        this.worlds = worlds;
        this.cells = cells;
        this.inFlight = inFlight;
        this.freshness = freshness;
        this.clock = clock;
        this.reservations = reservations;
        this.journal = journal;
    }

    /** Joins the parts without a journal. */
    public DecisionEngine(
            final WorldHolder worlds,
            final Cells cells,
            final InFlight inFlight,
            final FreshnessTable freshness,
            final DecisionClock clock,
            final ReservationStore reservations) {
        this(worlds, cells, inFlight, freshness, clock, reservations, null);
    }

    /** Joins the parts with a small store of reservations in memory: for tests, benchmarks and offline evaluation. */
    public DecisionEngine(
            final WorldHolder worlds,
            final Cells cells,
            final InFlight inFlight,
            final FreshnessTable freshness,
            final DecisionClock clock) {
        this(worlds, cells, inFlight, freshness, clock, ReservationStore.inMemory(SEGMENTS_IN_MEMORY, 1));
    }

    /** {@return what is held} */
    public ReservationStore reservations() {
        return reservations;
    }

    /**
     * Makes what ends reservations that are due; to be run by one thread.
     *
     * @param worker its number in inFlight: not one of the workers'
     */
    public ReservationSweeper newSweeper(final int worker) {
        return reservations.newSweeper(new Taker(cells, inFlight, worker), cells);
    }

    /**
     * Makes a worker that asks other worlds, at another time, of the same counters: for what must not be taken but only looked at (CHECK).
     *
     * @param others has one worker: this one
     * @param ages in place of those of this engine
     * @param time in place of the clock of this engine
     * @param worker its number in inFlight: nobody else's
     */
    public DecisionWorker newWorkerAside(
            final WorldHolder others, final FreshnessTable ages, final DecisionClock time, final int worker) {
        final Taker taker = new Taker(cells, inFlight, worker);
        return new DecisionWorker(
                others, 0, ages, time, taker, reservations.newDesk(taker, cells), new UsageRecorder(null));
    }

    /**
     * Makes a worker, to be used by one thread at a time.
     *
     * @throws IllegalStateException when all slots are given out
     */
    public DecisionWorker newWorker() {
        final int worker = workers.getAndIncrement();
        if (worker >= worlds.workers()) {
            workers.decrementAndGet();
            throw new IllegalStateException("all " + worlds.workers()
                    + " decision workers are given out; make the WorldHolder and InFlight larger.");
        }
        final Taker taker = new Taker(cells, inFlight, worker);
        final UsageDesk usage = journal == null ? null : new UsageDesk(journal, worker);
        return new DecisionWorker(
                worlds,
                worker,
                freshness,
                clock,
                taker,
                reservations.newDesk(taker, cells, usage),
                new UsageRecorder(usage));
    }
}
