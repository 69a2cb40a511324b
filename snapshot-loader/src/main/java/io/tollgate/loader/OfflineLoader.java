/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.core.Plane;
import io.tollgate.core.freshness.FreshnessTable;
import io.tollgate.core.journal.SettledBefore;
import io.tollgate.core.quota.CellStore;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.reservation.ReservationStore;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldHolder;
import io.tollgate.loader.freshness.LoaderClock;
import io.tollgate.loader.freshness.PlaneAges;
import io.tollgate.loader.install.Counters;
import io.tollgate.loader.install.DirectInstallation;
import io.tollgate.loader.install.InstallContext;
import io.tollgate.loader.install.Reservations;
import io.tollgate.loader.install.StateDirectory;
import io.tollgate.loader.storage.Storage;
import io.tollgate.loader.transfer.ManifestCheck;
import io.tollgate.loader.transfer.ManifestVerifier;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.TransferLimits;
import io.tollgate.loader.transfer.VerifiedManifest;
import io.tollgate.v1.Section;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Does what {@link SnapshotLoader} does for decisions, when its caller says so: no control plane, no thread, no Chronicle Map. Counters lie
 * in a state directory as always, so closing one and opening another on the same directory is a restart; the snapshot has to be installed
 * again then.
 *
 * <p>All methods belong to one thread. What {@link #worlds} and the others hand out is for any, as in production.
 */
public final class OfflineLoader implements AutoCloseable {
    private final StateDirectory directory;
    private final CellStore cells;
    private final ReservationStore reservations;
    private final WorldHolder worlds;
    private final PlaneAges ages;
    private final LoaderClock clock;
    private final InstallContext context;
    private int installed;

    /** Hands out records in the order of a snapshot. */
    @FunctionalInterface
    public interface Records {
        /** Gives every record to the sink. */
        void forEach(Sink sink) throws IOException, RefusedException;
    }

    /** Takes records. */
    @FunctionalInterface
    public interface Sink {
        /** Takes the next one. */
        void record(Section section, byte[] key, byte[] value) throws RefusedException;
    }

    private OfflineLoader(
            StateDirectory directory,
            CellStore cells,
            ReservationStore reservations,
            LoaderClock clock,
            PlaneAges ages,
            int workers,
            RandomGenerator random) {
        this.directory = directory;
        this.ages = ages;
        this.cells = cells;
        this.reservations = reservations;
        this.clock = clock;
        this.worlds = new WorldHolder(workers);
        this.context = new InstallContext(Storage.LOCAL, directory, cells, ages, clock, random);
    }

    /**
     * Opens a state directory, made if missing.
     *
     * @param workers decision workers
     * @param seed for everything that production draws at random
     * @throws IOException when somebody else has it, or it cannot be used
     */
    public static OfflineLoader open(Path stateDir, LoaderClock clock, int workers, long seed) throws IOException {
        return open(stateDir, clock, workers, seed, Map.of());
    }

    /**
     * The same of a sidecar that tightens the bounds of planes.
     *
     * @param maxAgeMs local bounds, milliseconds; planes not named keep the snapshot's
     */
    public static OfflineLoader open(
            Path stateDir, LoaderClock clock, int workers, long seed, Map<Plane, Long> maxAgeMs) throws IOException {
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            RandomGenerator random = new Random(seed);
            StateDirectory directory = StateDirectory.open(Storage.LOCAL, stateDir);
            opened.push(directory);
            CellStore cells = Counters.open(directory, seed, false).store();
            opened.push(cells);
            ReservationStore reservations = Reservations.open(directory, cells.id(), random, SettledBefore.NOTHING)
                    .store();
            opened.push(reservations);
            reservations.grow();
            return new OfflineLoader(directory, cells, reservations, clock, new PlaneAges(maxAgeMs), workers, random);
        } catch (IOException | RuntimeException e) {
            closeAll(opened, e);
            throw e;
        }
    }

    private static void closeAll(Deque<AutoCloseable> opened, Exception cause) {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                cause.addSuppressed(e);
            }
        }
    }

    /**
     * Makes a snapshot active. Counters of ceilings that it has in common with the one before live on.
     *
     * @param signed checked as if it had been received; any bundle, any version
     * @param records of exactly this snapshot
     * @throws RefusedException naming what makes no sense; what was active stays
     */
    public void install(SignedManifest signed, Records records) throws IOException, RefusedException {
        VerifiedManifest manifest = check(signed);
        Path folder = directory.snapshots().resolve("offline-" + ++installed);
        try (DirectInstallation installation = new DirectInstallation(context, folder, manifest, worlds.current())) {
            records.forEach(installation::add);
            World world = installation.finish();
            ages.applyBounds(manifest.manifest());
            worlds.activate(world);
            worlds.reclaim();
        }
    }

    private static VerifiedManifest check(SignedManifest signed) throws IOException, RefusedException {
        String bundle = SnapshotManifest.parseFrom(signed.getManifest()).getBundle();
        return new ManifestCheck(bundle, TransferLimits.DEFAULT, ManifestVerifier.DEVELOPMENT).check(signed);
    }

    /** Says how old a plane's evidence is at this instant. */
    public void age(Plane plane, long ageNs) {
        ages.table().confirm(plane, clock.monotonicNs(), clock.wallMs(), ageNs);
    }

    /** Makes a plane one that was never confirmed. */
    public void expire(Plane plane) {
        ages.table().expire(plane);
    }

    /**
     * What the loader's thread does from time to time: periods around now, room for reservations, worlds that nobody reads any more.
     *
     * @throws IOException when the disk fails or is full
     */
    public void housekeep() throws IOException {
        worlds.reclaim();
        reservations.grow();
        World world = worlds.current();
        if (world != null) {
            PeriodTable periods = world.periods();
            long epochMs = TimeUnit.NANOSECONDS.toMillis(clock.monotonicNs() + clock.epochOffsetNs());
            if (periods.needsRefresh(epochMs)) {
                world.periods(periods.refreshed(epochMs));
            }
        }
    }

    /** {@return the worlds that workers pin} */
    public WorldHolder worlds() {
        return worlds;
    }

    /** {@return the live counters} */
    public CellStore cells() {
        return cells;
    }

    /** {@return open reservations and idempotency keys, which refer to the counters} */
    public ReservationStore reservations() {
        return reservations;
    }

    /** {@return the ages of the planes} */
    public FreshnessTable freshness() {
        return ages.table();
    }

    /** Every worker must have stopped. */
    @Override
    public void close() throws IOException {
        worlds.close();
        if (worlds.retiredCount() > 0) {
            throw new IllegalStateException("a decision is still running, and its memory cannot be unmapped under it");
        }
        reservations.close();
        cells.close();
        directory.close();
    }
}
