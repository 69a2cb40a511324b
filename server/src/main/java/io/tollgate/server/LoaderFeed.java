/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server;

import io.tollgate.core.DecisionClock;
import io.tollgate.core.freshness.FreshnessTable;
import io.tollgate.core.quota.CellRepair;
import io.tollgate.core.quota.Cells;
import io.tollgate.core.reservation.ReservationStore;
import io.tollgate.core.world.WorldHolder;
import io.tollgate.loader.LoaderContext;
import io.tollgate.loader.LoaderListener;
import io.tollgate.loader.LoaderStatus;
import io.tollgate.loader.SnapshotLoader;
import io.tollgate.loader.install.RecordSource;
import io.tollgate.loader.journal.JournalFacts;
import io.tollgate.loader.journal.JournalSettings;
import io.tollgate.loader.journal.UsageJournal;
import io.tollgate.loader.report.ReportFacts;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.loader.transfer.TrustedKeys;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.dryrun.DryRun;
import io.tollgate.server.lifecycle.SidecarStartException;
import io.tollgate.server.lifecycle.SnapshotFeed;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The loader, as configured. */
final class LoaderFeed implements SnapshotFeed {
    private static final Logger LOG = System.getLogger("tollgate.server");

    private final SnapshotLoader loader;
    private final DryRun dryRun;

    private LoaderFeed(final SnapshotLoader loader, final DryRun dryRun) {
        this.loader = loader;
        this.dryRun = dryRun;
    }

    /**
     * Opens the state directory.
     *
     * @param workers decision workers, admin workers included
     * @throws SidecarStartException saying what cannot be used
     */
    static LoaderFeed open(
            final SidecarConfig config, final String bootId, final int workers, final List<LoaderListener> listeners) {
        try {
            final TrustedKeys trust = trust(config.trust());
            final SnapshotTransport transport = SnapshotTransport.of(config, trust);
            final DryRun dryRun = new DryRun(config.dryRun());
            final LoaderContext context = new LoaderContext()
                    .judge(dryRun)
                    .stateDir(config.stateDir())
                    .sidecarId(config.sidecarId())
                    .bootId(bootId)
                    .build(Build.version())
                    .bundle(config.controlPlane().bundle())
                    .client(transport.client())
                    .limits(transport.limits())
                    .timing(transport.timing())
                    .restartGraceMs(config.freshness().restartGraceMs())
                    .keepPrevious(config.keepPreviousSnapshots())
                    .workers(workers)
                    .journal(journal(config.journal()))
                    .verifier(trust)
                    .oldestVersion(new SnapshotVersion(
                            config.trust().oldestEpoch(), config.trust().oldestVersion()))
                    .onCounterCorruption(
                            config.resetDamagedCounters()
                                    ? LoaderContext.OnCorruption.RESET
                                    : LoaderContext.OnCorruption.REFUSE);
            config.freshness().maxAgeMs().forEach(context::maxAgeMs);
            listeners.forEach(context::listener);
            return new LoaderFeed(SnapshotLoader.open(context), dryRun);
        } catch (final IOException e) {
            throw new SidecarStartException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
    }

    private static @Nullable JournalSettings journal(final SidecarConfig.Journal journal) {
        return journal.enabled()
                ? new JournalSettings(
                        journal.power() ? JournalFacts.Durability.POWER : JournalFacts.Durability.PROCESS,
                        journal.maxBytes(),
                        journal.segmentBytes())
                : null;
    }

    private static TrustedKeys trust(final SidecarConfig.Trust trust) throws IOException {
        if (trust.allowUnsigned()) {
            LOG.log(
                    Level.WARNING,
                    "trust.unsigned is allow: snapshots are taken whoever made them. That is for development only");
        }
        return TrustedKeys.open(trust.keysFile(), trust.allowUnsigned());
    }

    @Override
    public WorldHolder worlds() {
        return loader.worlds();
    }

    @Override
    public Cells cells() {
        return loader.cells().cells();
    }

    @Override
    public ReservationStore reservations() {
        return loader.reservations();
    }

    @Override
    public boolean reservationsWereSetAside() {
        return loader.reservationsWereSetAside();
    }

    @Override
    public @Nullable UsageJournal journal() {
        return loader.journal();
    }

    @Override
    public @Nullable ReportFacts reporting() {
        return loader.reporting();
    }

    @Override
    public DryRun dryRun() {
        return dryRun;
    }

    @Override
    public void retryRefused() {
        loader.retryRefused();
    }

    @Override
    public FreshnessTable freshness() {
        return loader.freshness();
    }

    @Override
    public DecisionClock clock() {
        return loader.clock();
    }

    @Override
    public RecordSource records() {
        return loader.records();
    }

    @Override
    public LoaderStatus status() {
        return loader.status();
    }

    @Override
    public void repairWith(final CellRepair repair) {
        loader.repairWith(repair);
    }

    @Override
    public void start() {
        loader.start();
    }

    @Override
    public void close() {
        loader.close();
    }
}
