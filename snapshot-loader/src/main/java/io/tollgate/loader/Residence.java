/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.core.journal.SettledBefore;
import io.tollgate.core.quota.CellRepair;
import io.tollgate.core.quota.CellStore;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldHolder;
import io.tollgate.loader.LoaderStatus.SnapshotFacts;
import io.tollgate.loader.delta.DeltaCheck;
import io.tollgate.loader.delta.DeltaLog;
import io.tollgate.loader.delta.DeltaRefusedException;
import io.tollgate.loader.freshness.CounterRepair;
import io.tollgate.loader.freshness.LoaderClock;
import io.tollgate.loader.freshness.PlaneAges;
import io.tollgate.loader.install.Counters;
import io.tollgate.loader.install.DeltaBuild;
import io.tollgate.loader.install.GraceMark;
import io.tollgate.loader.install.HighWater;
import io.tollgate.loader.install.InstallContext;
import io.tollgate.loader.install.Installation;
import io.tollgate.loader.install.InstalledRecords;
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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What lives in the state directory and in memory: the lock, the counters, the active snapshot and its world. Opened in this order, closed
 * in the reverse one. Loader's thread, but for what {@link SnapshotLoader} hands out.
 */
final class Residence implements AutoCloseable {
    private static final long NOTE_TIME_NS = TimeUnit.SECONDS.toNanos(1);
    /** After a power failure counters may be as old as this. */
    private static final long SYNC_CELLS_NS = TimeUnit.SECONDS.toNanos(30);

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
    private final RecordSource records = new RecordSource();
    private final Deque<AutoCloseable> opened;

    private @Nullable InstalledSnapshot active;
    private @Nullable CounterRepair repair;
    private long activatedAtMs;
    private long trustGeneration;
    private String distrust = "";
    private List<String> passedOver = List.of();
    private boolean pruneDue = true;
    private boolean growthFailed;
    private long noteTimeAtNs;
    private long syncCellsAtNs;

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
        this.noteTimeAtNs = clock.monotonicNs();
        this.syncCellsAtNs = clock.monotonicNs() + SYNC_CELLS_NS;
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
            residence.warnOfClock();
            residence.openNewest();
            return residence;
        } catch (IOException | RuntimeException e) {
            closeAll(opened);
            throw e;
        }
    }

    private void warnOfClock() {
        long aheadMs = cells.lastNotedMs() - clock.wallMs();
        if (aheadMs > 0) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the wall clock is {0} ms behind the last time this sidecar ran; counters that are ahead of it are brought"
                            + " back",
                    Long.toString(aheadMs));
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

    /** Counters are healed with this after the wall clock went back, also while the sidecar did not run. Before the thread starts. */
    void repairWith(CellRepair cellRepair) {
        CounterRepair with = new CounterRepair(clock, cells.cells(), cellRepair);
        repair = with;
        long aheadMs = cells.lastNotedMs() - clock.wallMs();
        if (aheadMs > 0) {
            with.wentBack(TimeUnit.MILLISECONDS.toNanos(aheadMs));
        }
    }

    /** The wall clock went back. */
    void clockWentBack(long byNs) {
        if (repair != null) {
            repair.wentBack(byNs);
        }
    }

    /** The control plane has confirmed what is active. */
    void confirmed() {
        graceMark.confirmed();
    }

    /** Counters healed since the start. */
    long countersHealed() {
        return repair == null ? 0 : repair.healed();
    }

    /** One bounded step of healing counters, when one is due. */
    int repairSome() {
        CounterRepair with = repair;
        if (with == null || !with.step(worlds.current())) {
            return 0;
        }
        if (!with.isDue()) {
            cells.timeRepaired(clock.wallMs());
        }
        return 1;
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
        if (repair != null) {
            repair.activated(world);
        }
    }

    Installation beginInstallation(StagedSnapshot staged) {
        return new Installation(installContext, staged, worlds::current);
    }

    /**
     * Brings a finished installation up to the deltas that are in force.
     *
     * @throws RefusedException when it does not lead there
     */
    Successor succeed(Installation finished) throws IOException, RefusedException {
        InstalledSnapshot result = finished.result();
        try (InstalledRecords of = new InstalledRecords(result.folder())) {
            DeltaBuild lacking = deltas.catchUp(result, of, worlds.current());
            if (lacking == null) {
                return new Successor(finished, null, result.world());
            }
            World world = lacking.finish();
            result.world().close();
            return new Successor(finished, lacking, world);
        } catch (DeltaRefusedException e) {
            throw new RefusedException(RefusedException.Check.ROLLBACK, e.reason());
        }
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
        refreshPeriods();
        work += growReservations();
        long nowNs = clock.monotonicNs();
        if (nowNs - noteTimeAtNs >= 0) {
            noteTimeAtNs = nowNs + NOTE_TIME_NS;
            cells.noteTime(clock.wallMs());
        }
        if (nowNs - syncCellsAtNs >= 0) {
            syncCellsAtNs = nowNs + SYNC_CELLS_NS;
            cells.sync();
        }
        return work;
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

    private int growReservations() {
        try {
            boolean grew = reservations.store().grow();
            growthFailed = false;
            return grew ? 1 : 0;
        } catch (IOException e) {
            if (!growthFailed) {
                growthFailed = true;
                LOG.log(
                        System.Logger.Level.WARNING,
                        "no room for more reservations, RESERVE is denied once they are full: {0}",
                        Causes.of(e));
            }
            return 0;
        }
    }

    private void refreshPeriods() {
        World world = worlds.current();
        if (world == null) {
            return;
        }
        PeriodTable periods = world.periods();
        long epochMs = TimeUnit.NANOSECONDS.toMillis(clock.monotonicNs() + clock.epochOffsetNs());
        if (periods.needsRefresh(epochMs)) {
            world.periods(periods.refreshed(epochMs));
        }
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
