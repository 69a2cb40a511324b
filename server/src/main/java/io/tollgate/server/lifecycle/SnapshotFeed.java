/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.lifecycle;

import io.tollgate.core.DecisionClock;
import io.tollgate.core.freshness.FreshnessTable;
import io.tollgate.core.quota.CellRepair;
import io.tollgate.core.quota.Cells;
import io.tollgate.core.reservation.ReservationStore;
import io.tollgate.core.world.WorldHolder;
import io.tollgate.loader.LoaderStatus;
import io.tollgate.loader.install.RecordSource;
import io.tollgate.loader.journal.UsageJournal;
import io.tollgate.loader.report.ReportFacts;
import io.tollgate.server.config.DryRunConfig;
import io.tollgate.server.dryrun.DryRun;
import org.jspecify.annotations.Nullable;

/**
 * Where worlds come from. In production the loader; tests put in one that does what they say. Everything is for any
 * thread but
 * {@link #start} and {@link #close}, which are the sidecar's.
 */
public interface SnapshotFeed extends AutoCloseable {
    /** {@return the worlds that workers pin} */
    WorldHolder worlds();

    /** {@return the live counters} */
    Cells cells();

    /** {@return open reservations and idempotency keys, which refer to the cells} */
    ReservationStore reservations();

    /** {@return whether reservations were found that could not be used, and set aside} */
    default boolean reservationsWereSetAside() {
        return false;
    }

    /** {@return the usage journal; null = usage is not journaled} */
    default @Nullable UsageJournal journal() {
        return null;
    }

    /** {@return how usage is reported; null = it is not journaled, or not started} */
    default @Nullable ReportFacts reporting() {
        return null;
    }

    /** {@return ages of the planes} */
    FreshnessTable freshness();

    /** {@return the clock of decisions} */
    DecisionClock clock();

    /** {@return portable records of the active snapshot; null = this feed has none} */
    default @Nullable RecordSource records() {
        return null;
    }

    /** {@return what looks at worlds before they are activated} */
    default DryRun dryRun() {
        return new DryRun(DryRunConfig.OFF);
    }

    /** Tries again what was refused, since it would pass now. */
    default void retryRefused() {}

    /** {@return what is known now} */
    LoaderStatus status();

    /** Takes what heals counters after the wall clock went back. Before {@link #start}; a feed without a clock of its own needs none. */
    default void repairWith(final CellRepair repair) {}

    /** Begins to look for snapshots. Once. */
    void start();

    /** Ends; every worker must have stopped before. */
    @Override
    void close();
}
