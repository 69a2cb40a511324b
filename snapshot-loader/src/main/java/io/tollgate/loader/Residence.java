/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.core.journal.SettledBefore;
import io.tollgate.core.quota.CellStore;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldHolder;
import io.tollgate.loader.LoaderStatus.SnapshotFacts;
import io.tollgate.loader.delta.DeltaCheck;
import io.tollgate.loader.delta.DeltaLog;
import io.tollgate.loader.freshness.LoaderClock;
import io.tollgate.loader.freshness.PlaneAges;
import io.tollgate.loader.install.Counters;
import io.tollgate.loader.install.DeltaBuild;
import io.tollgate.loader.install.GraceMark;
import io.tollgate.loader.install.HighWater;
import io.tollgate.loader.install.InstallContext;
import io.tollgate.loader.install.Installation;
import io.tollgate.loader.install.InstalledSnapshot;
import io.tollgate.loader.install.RecordSource;
import io.tollgate.loader.install.Reservations;
import io.tollgate.loader.install.SnapshotOpener;
import io.tollgate.loader.install.StateDirectory;
import io.tollgate.loader.journal.UsageJournal;
import io.tollgate.loader.storage.Storage;
import io.tollgate.loader.transfer.ManifestCheck;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.loader.transfer.StagedSnapshot;
import io.tollgate.loader.transfer.StagingArea;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What lives in the state directory and in memory: the lock, the counters, the active snapshot and its world. Opened in this order, closed
 * in the reverse one. Loader's thread, but for what {@link SnapshotLoader} hands out.
 */
final class Residence implements AutoCloseable {
    private static final System.Logger LOG = Loggers.LOADER;

    private final LoaderContext context;
    private final LoaderClock clock;
    private final StateDirectory directory;
    private final CellStore cells;
    private final boolean countersWereReset;
    private final Reservations reservations;
    private final @Nullable UsageJournal journal;
    private final PlaneAges ages;
    private final WorldHolder worlds;
    private final InstallContext installContext;
    private final ManifestCheck check;
    private final HighWater highWater;
    private final GraceMark graceMark;
    private final LiveDeltas deltas;
    private final Upkeep upkeep;
    private final RecordSource records = new RecordSource();
    private final Deque<AutoCloseable> opened;

    private @Nullable InstalledSnapshot active;
    private long activatedAtMs;
    private long trustGeneration;
    private String distrust = "";
    private List<String> passedOver = List.of();
    private boolean pruneDue = true;

    private Residence(
            LoaderContext context,
            StateDirectory directory,
            Counters counters,
            Reservations reservations,
            @Nullable UsageJournal journal,
            PlaneAges ages,
            HighWater highWater,
            Deque<AutoCloseable> opened) {
        this.context = context;
        this.clock = context.clock();
        this.directory = directory;
        this.cells = counters.store();
        this.countersWereReset = counters.wasReset();
        this.reservations = reservations;
        this.journal = journal;
        this.ages = ages;
        this.highWater = highWater;
        this.opened = opened;
        this.worlds = new WorldHolder(context.workers());
        this.check = new ManifestCheck(context.bundle(), context.limits(), context.verifier())
                .notBelow(context.oldestVersion());
        this.installContext = new InstallContext(storage(), directory, cells, ages, clock, context.random());
        this.deltas = new LiveDeltas(
                installContext, new DeltaCheck(context.bundle(), context.deltaLimits(), context.verifier()));
        this.graceMark = new GraceMark(storage(), directory);
        this.upkeep = new Upkeep(clock, cells, reservations);
    }

    /**
     * Opens everything, and activates the snapshot that is on disk.
     *
     * @throws IOException when the directory is held by another process, cannot be used, or the counters are damaged
     */
    static Residence open(LoaderContext context) throws IOException {
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            StateDirectory directory = StateDirectory.open(context.storage(), context.stateDir());
            opened.push(directory);
            Counters counters = Counters.open(
                    directory, context.random().nextLong(), context.onCorruption() == LoaderContext.OnCorruption.RESET);
            opened.push(counters.store());
            UsageJournal journal = JournalThread.open(context, directory);
            if (journal != null) {
                opened.push(journal);
            }
            Reservations reservations = Reservations.open(
                    directory,
                    counters.store().id(),
                    new SecureRandom(),
                    journal == null ? SettledBefore.NOTHING : journal.settled());
            opened.push(reservations.store());
            if (journal != null) {
                journal.forgetSettled();
            }
            PlaneAges ages = new PlaneAges(context.maxAgeMs());
            HighWater highWater = HighWater.open(context.storage(), directory, context.bundle());
            Residence residence =
                    new Residence(context, directory, counters, reservations, journal, ages, highWater, opened);
            residence.upkeep.warnOfClock();
            residence.openNewest();
            return residence;
        } catch (IOException | RuntimeException e) {
            closeAll(opened);
            throw e;
        }
    }

    private void openNewest() throws IOException {
        SnapshotOpener opener = new SnapshotOpener(installContext, check);
        InstalledSnapshot found = opener.openNewest();
        passedOver = opener.passedOver();
        if (found != null) {
            becomeActive(found, deltas.recover(found));
            if (!isBelowHighest(found.version())) {
                long graceMs = graceMark.remainingMs(context.restartGraceMs(), clock.wallMs());
                ages.grantRestartGrace(graceMs, clock.monotonicNs(), clock.wallMs());
            }
        }
    }

    /** Something newer was active here before; what is active now counts as stale until it is confirmed. */
    private boolean isBelowHighest(SnapshotVersion version) {
        long sequence = highWater.sequenceOf(version.epoch());
        return highWater.version().isNewerThan(version)
                || Long.compareUnsigned(sequence, deltas.state().sequence()) > 0;
    }

    /** The control plane has confirmed what is active. */
    void confirmed() {
        graceMark.confirmed();
    }

    private void becomeActive(InstalledSnapshot snapshot, World world) {
        ages.applyBounds(snapshot.manifest().manifest());
        swapTo(world);
        active = snapshot;
        activatedAtMs = clock.wallMs();
        distrust = "";
        records.switchTo(snapshot.folder(), deltas.state().changes(), deltas.last());
        pruneDue = true;
    }

    private void swapTo(World world) {
        worlds.activate(world);
        upkeep.activated(world);
    }

    Installation beginInstallation(StagedSnapshot staged) {
        return new Installation(installContext, staged, worlds::current);
    }

    /** What may still fail before an activation; the keys may have changed since the manifest came. */
    Successor.Ready prepareActivation(Successor next) throws IOException, RefusedException {
        check.requireTrusted(next.installation().manifest());
        DeltaBuild lacking = next.caughtUp();
        DeltaLog log =
                lacking == null ? null : deltas.persist(next.installation().result(), lacking);
        try {
            highWater.raise(next.installation().version(), next.state().sequence());
        } catch (IOException | RuntimeException e) {
            if (log != null) {
                log.close();
            }
            throw e;
        }
        return new Successor.Ready(next, log);
    }

    void activate(Successor.Ready ready) {
        Successor next = ready.successor();
        InstalledSnapshot result = next.installation().result();
        next.beforeActivation();
        deltas.adopt(result, next.caughtUp(), ready.log());
        becomeActive(result, next.world());
    }

    /** What may still fail before deltas are active. */
    void prepareDeltas(DeltaBuild build) throws IOException {
        deltas.persist(build);
        try {
            highWater.raise(version(), build.state().sequence());
        } catch (IOException | RuntimeException e) {
            deltas.takeBack();
            throw e;
        }
    }

    void activateDeltas(DeltaBuild build, World world) {
        build.beforeActivation();
        deltas.applied(build);
        swapTo(world);
        records.changedTo(build.state().changes(), deltas.last());
    }

    Upkeep upkeep() {
        return upkeep;
    }

    /** The last delta that ever was in force in the active snapshot's epoch. */
    long highestSequence() {
        return highWater.sequenceOf(version().epoch());
    }

    LiveDeltas deltas() {
        return deltas;
    }

    /** Closes worlds that nobody reads, deletes their folders, keeps the periods ahead of the clock. */
    int housekeep() {
        int work = worlds.reclaim();
        records.releaseStale();
        if (pruneDue && worlds.retiredCount() == 0) {
            pruneDue = false;
            prune();
        }
        return work + upkeep.work(worlds.current());
    }

    /**
     * Looks whether the active snapshot is still signed by somebody who is trusted. If not, its planes are as if never confirmed, until a
     * snapshot with another signature is active, or the key is trusted again.
     *
     * @return why not, when that is news; empty = no news
     */
    String lookAtTrust() {
        InstalledSnapshot live = active;
        long generation = check.trustGeneration();
        if (live == null || generation == trustGeneration) {
            return "";
        }
        trustGeneration = generation;
        String before = distrust;
        distrust = "";
        try {
            check.requireTrusted(live.manifest());
        } catch (RefusedException e) {
            distrust = e.reason();
            ages.expireAll("the snapshot is no longer trusted");
        }
        if (distrust.isEmpty()) {
            distrust = deltas.distrusted().orElse("");
            if (!distrust.isEmpty()) {
                ages.expireAll("a delta on the snapshot is no longer trusted");
            }
        }
        return distrust.equals(before) ? "" : distrust;
    }

    /** Why installed snapshots were not used at the start, newest first. */
    List<String> passedOver() {
        return passedOver;
    }

    /** Why the active snapshot is not trusted; empty = it is. */
    String distrust() {
        return distrust;
    }

    private void prune() {
        InstalledSnapshot live = active;
        if (live == null) {
            return;
        }
        try {
            directory.prune(live.version(), context.keepPrevious());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot delete old snapshots: {0}", Causes.of(e));
        }
    }

    SnapshotVersion version() {
        return active == null ? SnapshotVersion.NONE : active.version();
    }

    SnapshotVersion highest() {
        return highWater.version();
    }

    String sha256Hex() {
        return active == null ? "" : active.manifest().sha256Hex();
    }

    /** Facts of the active snapshot; there must be one. */
    SnapshotFacts facts(boolean confirmed) {
        InstalledSnapshot live = active;
        if (live == null) {
            throw new IllegalStateException("no snapshot is active");
        }
        return new SnapshotFacts(
                live.manifest().manifest().getBundle(),
                live.version(),
                live.manifest().manifest().getRegistryVersion(),
                deltas.state().ledgerSequence(),
                live.manifest().sha256Hex(),
                live.manifest().keyId(),
                confirmed,
                live.manifest().manifest().getCreatedAtMs(),
                activatedAtMs);
    }

    StagingArea stagingArea() {
        return new StagingArea(storage(), directory.incoming(), context.limits());
    }

    private Storage storage() {
        return context.storage();
    }

    ManifestCheck manifestCheck() {
        return check;
    }

    PlaneAges ages() {
        return ages;
    }

    WorldHolder worlds() {
        return worlds;
    }

    CellStore cells() {
        return cells;
    }

    Reservations reservations() {
        return reservations;
    }

    @Nullable
    UsageJournal journal() {
        return journal;
    }

    boolean countersWereReset() {
        return countersWereReset;
    }

    RecordSource records() {
        return records;
    }

    /** Every worker must have stopped: memory that one still reads is left mapped, and said so. */
    @Override
    public void close() {
        records.close();
        deltas.close();
        worlds.close();
        if (worlds.retiredCount() > 0) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "a decision is still running while the loader closes; its memory stays mapped until the process ends");
            opened.remove(reservations.store());
            opened.remove(cells);
            opened.remove(journal);
        }
        closeAll(opened);
    }

    private static void closeAll(Deque<AutoCloseable> opened) {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                LOG.log(System.Logger.Level.WARNING, "closing goes on after: {0}", e.toString());
            }
        }
    }
}
