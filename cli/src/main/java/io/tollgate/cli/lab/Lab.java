/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.lab;

import io.tollgate.core.Plane;
import io.tollgate.core.engine.DecisionEngine;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.reservation.ReservationSweeper;
import io.tollgate.core.world.World;
import io.tollgate.loader.OfflineLoader;
import io.tollgate.loader.storage.Storage;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decide.EngineEvaluator;
import io.tollgate.server.decide.FaultLog;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideBatchResponse;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.ExtendRequest;
import io.tollgate.v1.ExtendResponse;
import io.tollgate.v1.ReleaseRequest;
import io.tollgate.v1.ReleaseResponse;
import io.tollgate.v1.SettleRequest;
import io.tollgate.v1.SettleResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A sidecar's inside without its network: the real installation of worlds, the real engine, counters and answers, and a clock that stands
 * still until it is set. Deterministic: the same calls give the same answers.
 *
 * <p>The evidence of every plane is fresh (age 0) until {@link #age} says otherwise, and stays as old as it was said to be while time is
 * set. One thread; {@link #close} removes the files.
 */
public final class Lab implements AutoCloseable {
    /** Age of a plane that was never confirmed, milliseconds. */
    public static final long NEVER = -1;
    /** What evidence names as the sidecar. */
    public static final String SIDECAR_ID = "lab";

    /** Lanes that an edge may have. */
    static final int LANES = 1;

    private static final long SEED = 42;
    private static final long NS_PER_MS = 1_000_000L;

    private final Path stateDir;
    private final SidecarConfig config;
    private final LabClock clock;
    private final Map<Plane, Long> ageMs = new EnumMap<>(Plane.class);
    private final LabEdge.Opener edges;
    private @Nullable LabSnapshot snapshot;
    private Parts parts;
    private int boots;

    /** What one start of a sidecar opens. */
    private record Parts(OfflineLoader loader, ReservationSweeper sweeper, LabEdge edge) {
        void close() throws IOException {
            edge.close();
            loader.close();
        }
    }

    private Lab(@Nullable LabSnapshot snapshot, Path stateDir, Instant now, LabEdge.Opener edges)
            throws IOException, RefusedException {
        this.snapshot = snapshot;
        this.stateDir = stateDir;
        this.edges = edges;
        this.config = SidecarConfig.builder()
                .set("sidecar_id", SIDECAR_ID)
                .set("state_dir", stateDir.toString())
                .set("listen.address", "127.0.0.1:0")
                .set("transport.event_loops", Integer.toString(LANES))
                .set("shed.max_loop_lag_ms", "60000") // a slow machine is no overload
                .build();
        clock = new LabClock(epochNs(now));
        freshen(0);
        parts = start();
    }

    /**
     * Opens a snapshot.
     *
     * @param snapshot null = none was ever received
     * @param stateDir made if missing, for this lab alone; deleted by {@link #close}
     * @param now where the clock stands
     * @throws LabException when a sidecar would refuse the snapshot, or the folder cannot be used
     */
    public static Lab open(@Nullable LabSnapshot snapshot, Path stateDir, Instant now) {
        return open(snapshot, stateDir, now, LabEdge::local);
    }

    static Lab open(@Nullable LabSnapshot snapshot, Path stateDir, Instant now, LabEdge.Opener edges) {
        try {
            return new Lab(snapshot, stateDir, now, edges);
        } catch (IOException | RefusedException e) {
            throw new LabException("cannot open " + stateDir + ": " + e.getMessage(), e);
        }
    }

    private Parts start() throws IOException, RefusedException {
        boots++;
        final OfflineLoader loader = OfflineLoader.open(stateDir, clock, LANES, SEED);
        try {
            if (snapshot != null) {
                snapshot.installInto(loader);
            }
            confirm(loader);
            // One place more, for who ends reservations.
            final DecisionEngine engine = new DecisionEngine(
                    loader.worlds(),
                    loader.cells().cells(),
                    new InFlight(LANES + 1),
                    loader.freshness(),
                    clock,
                    loader.reservations());
            return new Parts(
                    loader,
                    engine.newSweeper(LANES),
                    edges.open(
                            config,
                            "boot" + boots,
                            () -> new EngineEvaluator(engine.newWorker(), SIDECAR_ID),
                            new FaultLog(System.getLogger("tollgate.lab"), System::nanoTime)));
        } catch (IOException | RefusedException | RuntimeException e) {
            loader.close();
            throw e;
        }
    }

    private void confirm(OfflineLoader loader) {
        ageMs.forEach((plane, age) -> {
            if (age == NEVER) {
                loader.expire(plane);
            } else {
                loader.age(plane, age * NS_PER_MS);
            }
        });
    }

    private void freshen(long age) {
        for (Plane plane : Plane.values()) {
            ageMs.put(plane, age);
        }
    }

    /** {@return where the clock stands} */
    public Instant time() {
        return Instant.ofEpochSecond(0, clock.epochNs());
    }

    /**
     * Sets the clock, and does what a sidecar does as time passes.
     *
     * @param now to the nanosecond; may be earlier than before, which is a step of the wall clock
     */
    public void setTime(Instant now) {
        clock.set(epochNs(now));
        confirm(parts.loader());
        housekeep();
        final World world = parts.loader().worlds().current();
        parts.sweeper().sweepAll(clock.epochNs(), world == null ? null : world.periods());
    }

    private void housekeep() {
        try {
            parts.loader().housekeep();
        } catch (IOException e) {
            throw new LabException("cannot use " + stateDir + ": " + e.getMessage(), e);
        }
    }

    /** Lets time pass. */
    public void advance(long ns) {
        setTime(time().plusNanos(ns));
    }

    private static long epochNs(Instant instant) {
        return Math.addExact(
                Math.multiplyExact(instant.getEpochSecond(), TimeUnit.SECONDS.toNanos(1)), instant.getNano());
    }

    /**
     * Says how old a plane's evidence is from now on.
     *
     * @param age milliseconds, or {@link #NEVER}
     */
    public void age(Plane plane, long age) {
        if (age < NEVER || age > Long.MAX_VALUE / NS_PER_MS / 2) {
            throw new IllegalArgumentException("an age of " + age + " ms");
        }
        ageMs.put(plane, age);
        confirm(parts.loader());
    }

    /** {@return the answer, from the edge as callers see it} */
    public DecideResponse decide(DecideRequest request) {
        housekeep();
        return parts.edge().decide(request);
    }

    /**
     * {@return the answers}
     *
     * @throws io.grpc.StatusRuntimeException when the call itself is refused
     */
    public DecideBatchResponse decideBatch(DecideBatchRequest request) {
        housekeep();
        return parts.edge().decideBatch(request);
    }

    /**
     * {@return whether more may be used under a reservation}
     *
     * @throws io.grpc.StatusRuntimeException when the call itself is refused
     */
    public ExtendResponse extend(ExtendRequest request) {
        housekeep();
        return parts.edge().extend(request);
    }

    /**
     * {@return what became of a reservation}
     *
     * @throws io.grpc.StatusRuntimeException when the call itself is refused
     */
    public SettleResponse settle(SettleRequest request) {
        return parts.edge().settle(request);
    }

    /**
     * {@return what became of a reservation}
     *
     * @throws io.grpc.StatusRuntimeException when the call itself is refused
     */
    public ReleaseResponse release(ReleaseRequest request) {
        return parts.edge().release(request);
    }

    /**
     * Installs another snapshot over the same counters; it is active when this returns.
     *
     * @throws LabException when a sidecar would refuse it; what was active stays
     */
    public void install(LabSnapshot next) {
        try {
            next.installInto(parts.loader());
            snapshot = next;
        } catch (IOException | RefusedException e) {
            throw new LabException("cannot install " + next.manifest().getBundle() + ": " + e.getMessage(), e);
        }
    }

    /** Stops and starts again: what is on disk lives on, and no plane is confirmed until {@link #age} says so. */
    public void restart() {
        freshen(NEVER);
        reopen(false);
    }

    /** Begins anew with the same snapshot: counters at zero, every plane fresh. */
    public void resetCounters() {
        freshen(0);
        reopen(true);
    }

    private void reopen(boolean empty) {
        try {
            parts.close();
            if (empty) {
                Storage.LOCAL.delete(stateDir);
            }
            parts = start();
        } catch (IOException | RefusedException e) {
            throw new LabException("cannot open " + stateDir + " again: " + e.getMessage(), e);
        }
    }

    /** Closes and deletes the folder. */
    @Override
    public void close() {
        try {
            parts.close();
            Storage.LOCAL.delete(stateDir);
        } catch (IOException e) {
            throw new LabException("cannot close " + stateDir + ": " + e.getMessage(), e);
        }
    }
}
